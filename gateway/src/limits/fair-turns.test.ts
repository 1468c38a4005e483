import { FairTurns, type NoTurn } from './fair-turns';

const patient = new AbortController().signal;

/** Works that end when they are told to, and what became of each. */
function stage(limits: { maximumUnderWay: number; maximumWaiting: number }) {
  const turns = new FairTurns(limits);
  const begun: string[] = [];
  const ended = new Map<string, () => void>();
  const fates = new Map<string, Promise<string>>();
  return {
    begun,
    come(name: string, client = 'somebody', signal = patient): void {
      const work = () => {
        begun.push(name);
        return new Promise<string>((resolve) => ended.set(name, () => resolve('done')));
      };
      fates.set(
        name,
        turns.take(client, work, signal).catch((error: NoTurn) => error.kind),
      );
    },
    async end(name: string): Promise<void> {
      ended.get(name)?.();
      await fates.get(name);
      // The next one begins when the turn was passed on.
      await new Promise(setImmediate);
    },
    fate: (name: string) => fates.get(name),
  };
}

describe('Turns', () => {
  it('are so many at once, and each that ends is followed by who came first', async () => {
    const { come, end, begun } = stage({ maximumUnderWay: 2, maximumWaiting: 9 });
    for (const name of ['a', 'b', 'c', 'd']) come(name);
    await new Promise(setImmediate);
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are given again after all have ended, and after a work that fails', async () => {
    const turns = new FairTurns({ maximumUnderWay: 1, maximumWaiting: 0 });
    const fails = () => Promise.reject(new Error('it failed'));
    await expect(turns.take('somebody', fails, patient)).rejects.toThrow('it failed');
    expect(await turns.take('somebody', () => Promise.resolve('done'), patient)).toBe('done');
  });

  it('go from client to client, so that a crowd keeps nobody else waiting', async () => {
    const { come, end, begun } = stage({ maximumUnderWay: 1, maximumWaiting: 9 });
    for (const name of ['crowd 1', 'crowd 2', 'crowd 3', 'crowd 4']) come(name, 'crowd');
    come('other', 'other');
    await new Promise(setImmediate);
    for (const name of ['crowd 1', 'crowd 2', 'other', 'crowd 3']) await end(name);
    expect(begun).toEqual(['crowd 1', 'crowd 2', 'other', 'crowd 3', 'crowd 4']);
  });

  it('are refused to the last of the largest crowd when all places to wait are taken', async () => {
    const { come, end, begun, fate } = stage({ maximumUnderWay: 1, maximumWaiting: 2 });
    for (const name of ['crowd 1', 'crowd 2', 'crowd 3', 'crowd 4']) come(name, 'crowd');
    come('other', 'other');
    expect([await fate('crowd 4'), await fate('crowd 3')]).toEqual(['overloaded', 'overloaded']);
    for (const name of ['crowd 1', 'crowd 2', 'other']) await end(name);
    expect(begun).toEqual(['crowd 1', 'crowd 2', 'other']);
  });

  it('that nobody waits for any more leave their place at once', async () => {
    const { come, end, begun, fate } = stage({ maximumUnderWay: 1, maximumWaiting: 1 });
    const limit = new AbortController();
    come('a');
    come('gone', 'somebody', limit.signal);
    limit.abort();
    expect(await fate('gone')).toBe('time_up');
    come('late', 'somebody', limit.signal);
    expect(await fate('late')).toBe('time_up');
    come('b');
    await end('a');
    expect(begun).toEqual(['a', 'b']);
  });
});
