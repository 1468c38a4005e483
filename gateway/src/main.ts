import { startTelemetry } from '@shop/kit/telemetry';
import { disableApolloTelemetry } from './config';

const telemetry = startTelemetry('gateway');
disableApolloTelemetry();
// Loaded after telemetry has started: it instruments what is loaded from here on.
void import('./service.js').then(({ run }) => run(telemetry));
