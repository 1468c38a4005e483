import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import type { Logger } from '../logger';
import { gauge as registerGauge } from '../metrics';
import { CallFailure } from './call-failure';

export interface CircuitOptions {
  target: string;
  /** Told once at each change. */
  logger?: Logger | undefined;
  /** Outages in a row that open it; default 5. Any answer in between starts the count anew. */
  outagesToOpen?: number | undefined;
  /** How long it stays open before one call may try; default 1 s. */
  openMs?: number | undefined;
}

/** `half_open`: one call is trying whether the target works again; all others are refused meanwhile. */
export type CircuitStateName = 'closed' | 'half_open' | 'open';

/** Keeps calls from a target that does not work: they fail at once instead of waiting, and it is left in peace. */
export interface Circuit {
  readonly state: CircuitStateName;
  /** @throws CallFailure circuit_open without running `call`, or what `call` throws */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** For a call that waited before it is sent. @throws CallFailure circuit_open */
  requireNotOpen(): void;
}

const gaugeValueOf: Record<CircuitStateName, number> = { closed: 0, half_open: 1, open: 2 };

export function createCircuit(options: CircuitOptions): Circuit {
  const { target, logger, outagesToOpen = 5, openMs = 1_000 } = options;
  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A trial that ends in any other way than with an answer has not shown that the target works.
    handleWhen((error) => isOutage(error) || breaker.state === CircuitState.HalfOpen),
    { breaker: new ConsecutiveBreaker(outagesToOpen), halfOpenAfter: openMs },
  );
  const stateGauge = registerGauge({
    name: 'circuit_breaker_state',
    help: 'Calls to another service: 0 are sent, 1 one is trying, 2 none is sent.',
    labelNames: ['callee'],
  });
  stateGauge.set({ callee: target }, gaugeValueOf.closed);
  let before: CircuitStateName = 'closed';
  breaker.onStateChange(() => {
    const state = nameOf(breaker.state);
    const isTrial = state === 'half_open' || (state === 'open' && before === 'half_open');
    before = state;
    stateGauge.set({ callee: target }, gaugeValueOf[state]);
    // The trials of a long outage would fill the log.
    const level = isTrial ? 'debug' : state === 'open' ? 'warn' : 'info';
    logger?.log(level, 'circuit changed', { target, state });
  });

  const refusal = () => new CallFailure(target, 'circuit_open');
  return {
    get state() {
      return nameOf(breaker.state);
    },
    async run(call) {
      // The breaker itself would let the others wait for the trial's end: as long as a target that hangs takes.
      if (breaker.state === CircuitState.HalfOpen) throw refusal();
      try {
        return await breaker.execute(call);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? refusal() : error;
      }
    },
    requireNotOpen() {
      if (breaker.state === CircuitState.Open) throw refusal();
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
