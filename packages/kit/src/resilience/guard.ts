import { bulkhead, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { CallFailure } from './call-failure';
import { createCircuit, type CircuitOptions, type CircuitStateName } from './circuit';

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
  const turns = bulkhead(maximumConcurrency, maximumWaiting);

  function inTurn<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      // The bulkhead checks its signal only when another call ends.
      const giveUp = () => reject(new CallFailure(target, 'deadline_exceeded'));
      signal.addEventListener('abort', giveUp, { once: true });
      const begin = () => {
        signal.removeEventListener('abort', giveUp);
        circuit.requireNotOpen();
        return call();
      };
      turns
        .execute(begin, signal)
        .catch((error: unknown) => {
          if (error instanceof BulkheadRejectedError) throw new CallFailure(target, 'overloaded');
          if (error instanceof TaskCancelledError) throw new CallFailure(target, 'deadline_exceeded');
          throw error;
        })
        .finally(() => signal.removeEventListener('abort', giveUp))
        .then(resolve, reject);
    });
  }

  return {
    get circuitState() {
      return circuit.state;
    },
    run: (call, signal) => circuit.run(() => inTurn(call, signal)),
  };
}
