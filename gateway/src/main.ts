import { disableApolloTelemetry } from './config';

disableApolloTelemetry();
// Loaded after that: @apollo/gateway reads the variable when it is loaded.
void import('./service.js').then(({ run }) => run());
