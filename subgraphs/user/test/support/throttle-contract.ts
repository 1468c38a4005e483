import type { AttemptStore } from '../../src/attempt-throttle/attempt-store';
import { CountingThrottle } from '../../src/attempt-throttle/counting-throttle';
import { throttlePolicy, type ThrottlePolicy } from '../../src/attempt-throttle/throttle-policy';

const minute = 60_000;

/** An empty store, and what makes time pass for it. */
export interface OpenedStore {
  store: AttemptStore;
  passTime(ms: number): Promise<void> | void;
}

async function throttleWithClock(
  open: (policy: ThrottlePolicy) => Promise<OpenedStore> | OpenedStore,
  { failuresPerAddress }: { failuresPerAddress?: number } = {},
) {
  const { store, passTime } = await open(throttlePolicy(failuresPerAddress));
  const throttle = new CountingThrottle(store);
  const attempt = (account: string, address: string, result: string | null) =>
    throttle.attempt({ account, address }, () => Promise.resolve(result));
  return {
    passTime,
    throttle,
    fail: (account: string, address: string) => attempt(account, address, null),
    succeed: (account: string, address: string) => attempt(account, address, 'ann'),
  };
}

async function times<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
}

const kinds = (outcomes: { kind: string }[]) => outcomes.map((outcome) => outcome.kind);

/** What every store of attempts keeps, whoever holds the counts. */
export function itSlowsGuessesDown(
  open: (policy: ThrottlePolicy) => Promise<OpenedStore> | OpenedStore,
): void {
  const opened = (options?: { failuresPerAddress?: number }) => throttleWithClock(open, options);

  it('lets ten failures of an account pass and refuses the next attempt, even with the right password', async () => {
    const { fail, succeed } = await opened();
    const failures = await times(10, (index) => fail('ann', `10.0.0.${index}`));
    expect(new Set(kinds(failures))).toEqual(new Set(['failed']));
    expect(await succeed('ann', '10.0.0.99')).toEqual({ kind: 'rejected', retryAfterSeconds: 30 });
    expect(await succeed('bob', '10.0.0.99')).toEqual({ kind: 'succeeded', result: 'ann' });
  });

  it('refuses an address after ten failures, whichever accounts they were of', async () => {
    const { fail, succeed } = await opened();
    await times(10, (index) => fail(`account-${index}`, '10.0.0.1'));
    expect(await succeed('ann', '10.0.0.1')).toMatchObject({ kind: 'rejected' });
    expect(await succeed('ann', '10.0.0.2')).toMatchObject({ kind: 'succeeded' });
  });

  it('allows an address the configured number of failures', async () => {
    const { fail } = await opened({ failuresPerAddress: 25 });
    const outcomes = await times(26, (index) => fail(`account-${index}`, '10.0.0.1'));
    expect(kinds(outcomes).lastIndexOf('failed')).toBe(24);
    expect(outcomes[25]).toMatchObject({ kind: 'rejected' });
  });

  it('doubles the delay with each further failure, up to 15 minutes', async () => {
    const { passTime, fail } = await opened();
    await times(10, (index) => fail('ann', `10.0.0.${index}`));
    const delays = await times(7, async (index) => {
      const refused = await fail('ann', `10.0.1.${index}`);
      if (refused.kind !== 'rejected') throw new Error(`was ${refused.kind}`);
      await passTime(refused.retryAfterSeconds * 1_000);
      await fail('ann', `10.0.1.${index}`);
      return refused.retryAfterSeconds;
    });
    expect(delays).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('forgets failures 15 minutes after the first of them', async () => {
    const { passTime, fail } = await opened();
    await times(9, (index) => fail('ann', `10.0.0.${index}`));
    await passTime(15 * minute);
    expect(kinds(await times(10, (index) => fail('ann', `10.0.1.${index}`)))).not.toContain('rejected');
  });

  it('clears the count of an account that succeeds, not that of its address', async () => {
    const { fail, succeed } = await opened();
    await times(9, () => fail('ann', '10.0.0.1'));
    await succeed('ann', '10.0.0.1');
    expect(await fail('ann', '10.0.0.1')).toEqual({ kind: 'failed' });
    expect(await fail('ann', '10.0.0.1')).toMatchObject({ kind: 'rejected' });
    expect(await fail('ann', '10.0.0.2')).toEqual({ kind: 'failed' });
  });

  it('counts attempts in progress, so that concurrent guesses get no further', async () => {
    const { throttle } = await opened();
    const guesses = Array.from({ length: 50 }, (_, index) =>
      throttle.attempt({ account: 'ann', address: `10.0.0.${index}` }, () => Promise.resolve(null)),
    );
    const outcomes = kinds(await Promise.all(guesses));
    expect(outcomes.filter((kind) => kind === 'failed')).toHaveLength(10);
  });

  it('lets one guess at a time pass once the delay is over', async () => {
    const { passTime, fail, throttle } = await opened();
    await times(10, (index) => fail('ann', `10.0.0.${index}`));
    await passTime(30_000);
    const guesses = Array.from({ length: 5 }, () =>
      throttle.attempt({ account: 'ann', address: undefined }, () => Promise.resolve(null)),
    );
    expect(kinds(await Promise.all(guesses)).filter((kind) => kind === 'failed')).toHaveLength(1);
  });

  it('counts each thing that is spent, whatever it answers', async () => {
    const { throttle } = await opened();
    const spend = (index: number) =>
      throttle.spend({ account: `account-${index}`, address: '10.0.0.1' }, () => Promise.resolve('made'));
    expect(kinds(await times(10, spend))).toEqual(Array<string>(10).fill('done'));
    expect(await spend(10)).toEqual({ kind: 'rejected', retryAfterSeconds: 30 });
  });

  it('counts no attempt that breaks for a reason of ours', async () => {
    const { throttle, succeed } = await opened();
    const broken = () => Promise.reject(new Error('database away'));
    await times(20, () =>
      expect(throttle.attempt({ account: 'ann', address: '10.0.0.1' }, broken)).rejects.toThrow(
        'database away',
      ),
    );
    expect(await succeed('ann', '10.0.0.1')).toMatchObject({ kind: 'succeeded' });
  });
}
