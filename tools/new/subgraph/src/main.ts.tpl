import { startTelemetry } from '@shop/kit/telemetry';

const telemetry = startTelemetry('__name__');
// Loaded after telemetry has started: it instruments what is loaded from here on.
void import('./service.js').then(({ run }) => run(telemetry));
