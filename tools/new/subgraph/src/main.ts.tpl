import { startTelemetry } from '@shop/kit/telemetry';

const telemetry = startTelemetry('__name__');
// Loaded after telemetry has started, which instruments modules when they are loaded.
void import('./service.js').then(({ run }) => run(telemetry));
