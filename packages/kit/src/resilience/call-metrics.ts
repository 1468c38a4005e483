import { boundedHistogram } from '../metrics';
import { CallFailure, type CallFailureKind } from './call-failure';

/** `ok`: any response of the other side, also a rejection. */
export type CallOutcome = 'ok' | CallFailureKind | 'other';

const duration = boundedHistogram({
  name: 'http_client_request_duration_seconds',
  help: 'Time of a request to another service or provider, including retries and the wait for a connection.',
  labels: {
    service: 'names of services and providers',
    outcome:
      'ok for any response, circuit_open, overloaded, deadline_exceeded, connect_failed, connection_lost, server_error, timed_out, deadline_too_short, response_too_large, cancelled, other',
  },
  buckets: [0.005, 0.025, 0.1, 0.3, 1, 2.5],
  maximumCombinations: 60,
  surplus: () => ({ service: 'other', outcome: 'other' }),
});

const outcomeOfFailure = (error: unknown): CallOutcome =>
  error instanceof CallFailure ? error.kind : 'other';

/**
 * Records the duration and outcome of a call.
 *
 * @param outcomeOf the outcome of an error; by default that of a CallFailure
 * @returns the result of the call; throws its error
 */
export async function measureCall<Result>(
  service: string,
  call: () => Promise<Result>,
  outcomeOf: (error: unknown) => CallOutcome = outcomeOfFailure,
): Promise<Result> {
  const startedAt = performance.now();
  let outcome: CallOutcome = 'ok';
  try {
    return await call();
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    duration.observe({ service, outcome }, (performance.now() - startedAt) / 1_000);
  }
}
