import type { AttemptStore } from '../../src/attempt-throttle/attempt-store';
import { AttemptThrottle } from '../../src/attempt-throttle/attempt-throttle';
import type { FreeFailures } from '../../src/attempt-throttle/open-throttles';

const minute = 60_000;

/** An empty store, and its clock. */
export interface OpenedStore {
  store: AttemptStore;
  passTime(ms: number): Promise<void> | void;
}

async function throttleWithClock(
  open: (free: FreeFailures) => Promise<OpenedStore> | OpenedStore,
  {
    failuresPerAddress = 10,
    countsSuccess = false,
  }: { failuresPerAddress?: number; countsSuccess?: boolean } = {},
) {
  const { store, passTime } = await open({ account: 10, address: failuresPerAddress });
  const throttle = new AttemptThrottle(store, { countsSuccess });
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

/** The contract of every store of attempts. */
export function itLimitsGuesses(open: (free: FreeFailures) => Promise<OpenedStore> | OpenedStore): void {
  const opened = (options?: Parameters<typeof throttleWithClock>[1]) => throttleWithClock(open, options);

  it('allows ten failures of an account and rejects the next attempt, even with the right password', async () => {
    const { fail, succeed } = await opened();
    const failures = await times(10, (index) => fail('ann', `10.0.0.${index}`));
    expect(new Set(kinds(failures))).toEqual(new Set(['failed']));
    expect(await succeed('ann', '10.0.0.99')).toEqual({ kind: 'rejected', retryAfterSeconds: 30 });
    expect(await succeed('bob', '10.0.0.99')).toEqual({ kind: 'succeeded', result: 'ann' });
  });

  it('rejects an address after ten failures of any accounts', async () => {
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
      const rejected = await fail('ann', `10.0.1.${index}`);
      if (rejected.kind !== 'rejected') throw new Error(`was ${rejected.kind}`);
      await passTime(rejected.retryAfterSeconds * 1_000);
      await fail('ann', `10.0.1.${index}`);
      return rejected.retryAfterSeconds;
    });
    expect(delays).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('forgets failures 15 minutes after the first of them', async () => {
    const { passTime, fail } = await opened();
    await times(9, (index) => fail('ann', `10.0.0.${index}`));
    await passTime(15 * minute);
    expect(kinds(await times(10, (index) => fail('ann', `10.0.1.${index}`)))).not.toContain('rejected');
  });

  it('keeps the failures of a delayed account for 15 minutes after its delay', async () => {
    const { passTime, fail } = await opened();
    await times(10, (index) => fail('ann', `10.0.0.${index}`));
    await passTime(30_000 + 15 * minute - 1_000);
    await fail('ann', '10.0.1.0');
    expect(await fail('ann', '10.0.1.1')).toEqual({ kind: 'rejected', retryAfterSeconds: 60 });
    await passTime(60_000 + 15 * minute);
    expect(kinds(await times(10, (index) => fail('ann', `10.0.2.${index}`)))).not.toContain('rejected');
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

  it('allows one guess at a time after the delay', async () => {
    const { passTime, fail, throttle } = await opened();
    await times(10, (index) => fail('ann', `10.0.0.${index}`));
    await passTime(30_000);
    const guesses = Array.from({ length: 5 }, () =>
      throttle.attempt({ account: 'ann', address: undefined }, () => Promise.resolve(null)),
    );
    expect(kinds(await Promise.all(guesses)).filter((kind) => kind === 'failed')).toHaveLength(1);
  });

  it('doubles the delay once for concurrent guesses', async () => {
    const { passTime, fail } = await opened();
    for (const seconds of [30, 60, 120, 240]) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => fail('ann', `10.0.0.${index}`)));
      expect(await fail('ann', '10.0.1.1')).toEqual({ kind: 'rejected', retryAfterSeconds: seconds });
      await passTime(seconds * 1_000);
    }
  });

  it('counts no concurrent guess that throws or is rejected', async () => {
    const { throttle, fail } = await opened();
    const broken = () => Promise.reject(new Error('database unavailable'));
    const who = { account: 'ann', address: undefined };
    await Promise.allSettled(Array.from({ length: 50 }, () => throttle.attempt(who, broken)));
    const failures = await times(11, (index) => fail('ann', `10.0.0.${index}`));
    expect(kinds(failures)).toEqual([...Array<string>(10).fill('failed'), 'rejected']);
  });

  it('counts every attempt if success counts', async () => {
    const { fail, succeed } = await opened({ countsSuccess: true });
    const attempts = await times(10, (index) =>
      (index % 2 === 0 ? fail : succeed)(`account-${index}`, '10.0.0.1'),
    );
    expect(new Set(kinds(attempts))).toEqual(new Set(['failed', 'succeeded']));
    expect(await succeed('account-10', '10.0.0.1')).toEqual({ kind: 'rejected', retryAfterSeconds: 30 });
  });

  it('does not count an attempt that throws', async () => {
    const { throttle, succeed } = await opened();
    const broken = () => Promise.reject(new Error('database unavailable'));
    await times(20, () =>
      expect(throttle.attempt({ account: 'ann', address: '10.0.0.1' }, broken)).rejects.toThrow(
        'database unavailable',
      ),
    );
    expect(await succeed('ann', '10.0.0.1')).toMatchObject({ kind: 'succeeded' });
  });
}
