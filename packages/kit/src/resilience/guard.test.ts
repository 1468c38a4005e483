import { createLogger } from '../logger';
import { CallFailure, type CallFailureKind } from './call-failure';
import { createGuard, type Guard } from './guard';

const logger = createLogger({ service: 'test' });
const logged = jest.spyOn(logger, 'log').mockReturnValue(logger);

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  logged.mockClear();
});

const neverAborted = new AbortController().signal;
const responds = () => Promise.resolve('answer');
const fails = (kind: CallFailureKind) => () => Promise.reject(new CallFailure('product', kind));
const hangs = () => new Promise<never>(() => undefined);

function newGuard(limits: { maximumConcurrency?: number; maximumWaiting?: number } = {}): Guard {
  const options = { maximumConcurrency: 100, maximumWaiting: 0, ...limits };
  return createGuard({ target: 'product', logger, outagesToOpen: 3, openMs: 1_000, ...options });
}

/** The result of a call, or the kind of its failure. */
const outcomeOf = (guard: Guard, call: () => Promise<string>, signal = neverAborted) =>
  guard.run(call, signal).catch((error: CallFailure) => error.kind);

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done += 1) await work();
}

const changes = () => logged.mock.calls.map((call) => ((call as unknown[])[2] as { state: string }).state);

describe('The circuit to a target', () => {
  it.each<CallFailureKind>(['connect_failed', 'connection_lost', 'server_error', 'timed_out'])(
    'opens after consecutive calls that are %s; then nothing is sent',
    async (kind) => {
      const guard = newGuard();
      await times(2, () => outcomeOf(guard, fails(kind)));
      expect(guard.circuitState).toBe('closed');
      await outcomeOf(guard, fails(kind));
      const call = jest.fn(responds);

      expect(guard.circuitState).toBe('open');
      expect(await outcomeOf(guard, call)).toBe('circuit_open');
      expect(call).not.toHaveBeenCalled();
    },
  );

  it.each<CallFailureKind>(['cancelled', 'deadline_too_short'])(
    'does not open when calls are %s',
    async (kind) => {
      const guard = newGuard();
      await times(10, () => outcomeOf(guard, fails(kind)));
      expect(guard.circuitState).toBe('closed');
    },
  );

  it('stays closed while there are responses in between', async () => {
    const guard = newGuard();
    await times(5, async () => {
      await times(2, () => outcomeOf(guard, fails('timed_out')));
      await outcomeOf(guard, responds);
    });
    expect(guard.circuitState).toBe('closed');
  });

  it('allows one trial call after a pause, and closes when it succeeds', async () => {
    const guard = newGuard();
    await times(3, () => outcomeOf(guard, fails('connect_failed')));
    jest.advanceTimersByTime(999);
    expect(await outcomeOf(guard, responds)).toBe('circuit_open');
    jest.advanceTimersByTime(1);

    expect(await outcomeOf(guard, responds)).toBe('answer');
    expect(guard.circuitState).toBe('closed');
    expect(changes()).toEqual(['open', 'half_open', 'closed']);
  });

  it.each<CallFailureKind>(['connect_failed', 'timed_out', 'cancelled', 'deadline_too_short'])(
    'stays open when the trial call is %s',
    async (kind) => {
      const guard = newGuard();
      await times(3, () => outcomeOf(guard, fails('connect_failed')));
      jest.advanceTimersByTime(1_000);

      expect(await outcomeOf(guard, fails(kind))).toBe(kind);
      expect(guard.circuitState).toBe('open');
    },
  );

  it('rejects other calls during the trial call', async () => {
    const guard = newGuard();
    await times(3, () => outcomeOf(guard, fails('connect_failed')));
    jest.advanceTimersByTime(1_000);
    void outcomeOf(guard, hangs);

    expect(guard.circuitState).toBe('half_open');
    expect(await outcomeOf(guard, responds)).toBe('circuit_open');
  });
});

describe('The slots of a target', () => {
  it('are limited; further calls are queued, and fail when the queue is full', async () => {
    const guard = newGuard({ maximumConcurrency: 1, maximumWaiting: 1 });
    let end: (answer: string) => void = () => undefined;
    const inFlight = outcomeOf(guard, () => new Promise((resolve) => (end = resolve)));
    const waiting = outcomeOf(guard, responds);

    expect(await outcomeOf(guard, responds)).toBe('overloaded');
    end('first');
    expect(await Promise.all([inFlight, waiting])).toEqual(['first', 'answer']);
  });

  it('are awaited until the deadline of the call', async () => {
    const guard = newGuard({ maximumConcurrency: 1, maximumWaiting: 1 });
    void outcomeOf(guard, hangs);
    const limit = new AbortController();
    const call = jest.fn(responds);
    const waiting = outcomeOf(guard, call, limit.signal);
    limit.abort();

    expect(await waiting).toBe('deadline_exceeded');
    expect(call).not.toHaveBeenCalled();
  });

  it('reject queued calls when the circuit opens', async () => {
    jest.useRealTimers();
    const guard = newGuard({ maximumConcurrency: 3, maximumWaiting: 20 });
    const failsLater = () => new Promise((done) => setImmediate(done)).then(fails('timed_out'));
    const calls = Array.from({ length: 20 }, () => outcomeOf(guard, failsLater));
    const outcomes = await Promise.all(calls);

    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill('timed_out'));
    expect(outcomes.slice(-10)).toEqual(Array(10).fill('circuit_open'));
  });
});
