import { ConcurrencyLimiter, type NotStarted } from './concurrency-limiter';

const neverAborted = new AbortController().signal;

/** Tasks that end when the test ends them, and the result of each. */
function createTasks(limits: { maximumInFlight: number; maximumWaiting: number }) {
  const limiter = new ConcurrencyLimiter(limits);
  const started: string[] = [];
  const ended = new Map<string, () => void>();
  const results = new Map<string, Promise<string>>();
  return {
    started,
    start(name: string, client = 'client', signal = neverAborted): void {
      const work = () => {
        started.push(name);
        return new Promise<string>((resolve) => ended.set(name, () => resolve('done')));
      };
      results.set(
        name,
        limiter.run(client, work, signal).catch((error: NotStarted) => error.kind),
      );
    },
    async end(name: string): Promise<void> {
      ended.get(name)?.();
      await results.get(name);
      // The next task starts after the slot was released.
      await new Promise(setImmediate);
    },
    resultOf: (name: string) => results.get(name),
  };
}

describe('ConcurrencyLimiter', () => {
  it('runs at most maximumInFlight tasks at once, and starts waiting ones in their order', async () => {
    const { start, end, started } = createTasks({ maximumInFlight: 2, maximumWaiting: 9 });
    for (const name of ['a', 'b', 'c', 'd']) start(name);
    await new Promise(setImmediate);
    expect(started).toEqual(['a', 'b']);
    await end('b');
    expect(started).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('releases the slot of a task that fails', async () => {
    const limiter = new ConcurrencyLimiter({ maximumInFlight: 1, maximumWaiting: 0 });
    const fails = () => Promise.reject(new Error('it failed'));
    await expect(limiter.run('client', fails, neverAborted)).rejects.toThrow('it failed');
    expect(await limiter.run('client', () => Promise.resolve('done'), neverAborted)).toBe('done');
  });

  it('starts waiting tasks client by client, so that many tasks of one client do not delay those of others', async () => {
    const { start, end, started } = createTasks({ maximumInFlight: 1, maximumWaiting: 9 });
    for (const name of ['crowd 1', 'crowd 2', 'crowd 3', 'crowd 4']) start(name, 'crowd');
    start('other', 'other');
    await new Promise(setImmediate);
    for (const name of ['crowd 1', 'crowd 2', 'other', 'crowd 3']) await end(name);
    expect(started).toEqual(['crowd 1', 'crowd 2', 'other', 'crowd 3', 'crowd 4']);
  });

  it('rejects the last task of the client with the most waiting tasks when too many wait', async () => {
    const { start, end, started, resultOf } = createTasks({ maximumInFlight: 1, maximumWaiting: 2 });
    for (const name of ['crowd 1', 'crowd 2', 'crowd 3', 'crowd 4']) start(name, 'crowd');
    start('other', 'other');
    expect([await resultOf('crowd 4'), await resultOf('crowd 3')]).toEqual(['overloaded', 'overloaded']);
    for (const name of ['crowd 1', 'crowd 2', 'other']) await end(name);
    expect(started).toEqual(['crowd 1', 'crowd 2', 'other']);
  });

  it('removes a waiting task at once when its signal is aborted', async () => {
    const { start, end, started, resultOf } = createTasks({ maximumInFlight: 1, maximumWaiting: 1 });
    const limit = new AbortController();
    start('a');
    start('gone', 'client', limit.signal);
    limit.abort();
    expect(await resultOf('gone')).toBe('deadline_exceeded');
    start('late', 'client', limit.signal);
    expect(await resultOf('late')).toBe('deadline_exceeded');
    start('b');
    await end('a');
    expect(started).toEqual(['a', 'b']);
  });
});
