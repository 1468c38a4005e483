import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  TaskCancelledError,
} from 'cockatiel';
import type { Logger } from '../logger';
import { gauge } from '../metrics';
import { CallFailure } from './call-failure';

export interface GuardOptions extends CircuitOptions {
  /** Maximum calls in progress. */
  maximumConcurrency: number;
  /** Maximum queued calls; each waits within its own time limit. */
  maximumWaiting: number;
}

/** Limits the concurrent calls to one target, with a circuit breaker. */
export interface Guard {
  readonly circuitState: CircuitStateName;
  /**
   * @param call throws CallFailure if there is no response
   * @param signal ends the wait in the queue; `call` must observe it itself
   * @throws CallFailure of `call`; circuit_open, overloaded or deadline_exceeded if it was not made
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGuard(options: GuardOptions): Guard {
  const { target, maximumConcurrency, maximumWaiting } = options;
  const circuit = createCircuit(options);
  const slots = bulkhead(maximumConcurrency, maximumWaiting);

  function inSlot<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      // The bulkhead checks its signal only when another call ends.
      const onAbort = () => reject(new CallFailure(target, 'deadline_exceeded'));
      signal.addEventListener('abort', onAbort, { once: true });
      const begin = () => {
        signal.removeEventListener('abort', onAbort);
        circuit.requireNotOpen();
        return call();
      };
      slots
        .execute(begin, signal)
        .catch((error: unknown) => {
          if (error instanceof BulkheadRejectedError) throw new CallFailure(target, 'overloaded');
          if (error instanceof TaskCancelledError) throw new CallFailure(target, 'deadline_exceeded');
          throw error;
        })
        .finally(() => signal.removeEventListener('abort', onAbort))
        .then(resolve, reject);
    });
  }

  return {
    get circuitState() {
      return circuit.state;
    },
    run: (call, signal) => circuit.run(() => inSlot(call, signal)),
  };
}

export interface CircuitOptions {
  target: string;
  /** Logs each change of state. */
  logger?: Logger | undefined;
  /** Consecutive outages that open the circuit; default 5. Any response resets the count. */
  outagesToOpen?: number | undefined;
  /** How long the circuit stays open before a trial call; default 1 s. */
  openMs?: number | undefined;
}

/** `half_open`: one trial call is in progress; all other calls are rejected. */
export type CircuitStateName = 'closed' | 'half_open' | 'open';

/** A circuit breaker: calls to a target that is unavailable fail immediately. */
export interface Circuit {
  readonly state: CircuitStateName;
  /** @throws CallFailure circuit_open without running `call`, or what `call` throws */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** For a call that was queued. @throws CallFailure circuit_open */
  requireNotOpen(): void;
}

const stateGauge = gauge({
  name: 'circuit_breaker_state',
  help: 'State of the circuit breaker: 0 closed, 1 half-open, 2 open.',
  labels: { target: 'names of services and providers', callee: 'the same; the former name of the label' },
});

const gaugeValueOf: Record<CircuitStateName, number> = { closed: 0, half_open: 1, open: 2 };

export function createCircuit(options: CircuitOptions): Circuit {
  const { target, logger, outagesToOpen = 5, openMs = 1_000 } = options;
  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A trial without a response does not prove that the target works.
    handleWhen((error) => isOutage(error) || breaker.state === CircuitState.HalfOpen),
    { breaker: new ConsecutiveBreaker(outagesToOpen), halfOpenAfter: openMs },
  );
  const setState = (state: CircuitStateName) =>
    stateGauge.set({ target, callee: target }, gaugeValueOf[state]);
  setState('closed');
  let before: CircuitStateName = 'closed';
  breaker.onStateChange(() => {
    const state = nameOf(breaker.state);
    const isTrial = state === 'half_open' || (state === 'open' && before === 'half_open');
    before = state;
    setState(state);
    // Trials are logged at debug level, because an outage can have many.
    const level = isTrial ? 'debug' : state === 'open' ? 'warn' : 'info';
    logger?.log(level, 'circuit breaker state changed', { target, state });
  });

  const circuitOpen = () => new CallFailure(target, 'circuit_open');
  return {
    get state() {
      return nameOf(breaker.state);
    },
    async run(call) {
      // The breaker itself would let other calls wait for the end of the trial.
      if (breaker.state === CircuitState.HalfOpen) throw circuitOpen();
      try {
        return await breaker.execute(call);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? circuitOpen() : error;
      }
    },
    requireNotOpen() {
      if (breaker.state === CircuitState.Open) throw circuitOpen();
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof CallFailure && error.isOutage;
}

function nameOf(state: CircuitState): CircuitStateName {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half_open' : 'open';
}
