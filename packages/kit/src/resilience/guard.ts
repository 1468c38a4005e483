import { bulkhead, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { CallFailure } from './call-failure';
import { createCircuit, type CircuitOptions, type CircuitStateName } from './circuit';

export interface GuardOptions extends CircuitOptions {
  /** Calls that may be under way at once. */
  maximumConcurrency: number;
  /** Calls that may wait for their turn, each within its own time limit. */
  maximumWaiting: number;
}

/** Stands between this process and one target: how many calls may be under way, and whether any may. */
export interface Guard {
  readonly circuitState: CircuitStateName;
  /**
   * @param call throws CallFailure when there was no answer; a refusal is an answer
   * @param signal ends the wait for a turn; what is under way must watch it itself
   * @throws CallFailure of the call; circuit_open, overloaded or time_up when it was not made
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGuard(options: GuardOptions): Guard {
  const { target, maximumConcurrency, maximumWaiting } = options;
  const circuit = createCircuit(options);
  const turns = bulkhead(maximumConcurrency, maximumWaiting);

  function inTurn<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      // The bulkhead looks at its signal only when somebody else's call ends.
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
