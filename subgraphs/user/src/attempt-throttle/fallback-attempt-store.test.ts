import { createCircuit } from '@shop/kit/resilience';
import { FallbackAttemptStore } from './fallback-attempt-store';
import { FailureLimit, memoryCounters } from './failure-limit';
import { CountingAttemptStore } from './attempt-store';
import { memoryStore } from './open-throttles';

it('does not count an attempt in a shared store that admits it too late', async () => {
  const accounts = new FailureLimit(memoryCounters(), 1);
  const counting = new CountingAttemptStore(accounts, new FailureLimit(memoryCounters(), 1));
  const responded = Promise.withResolvers<void>();
  const late: Promise<unknown>[] = [];
  const slow = {
    enter: (who: Parameters<CountingAttemptStore['enter']>[0]) => {
      const admission = responded.promise.then(() => counting.enter(who));
      late.push(admission);
      return admission;
    },
  };
  const store = new FallbackAttemptStore(
    slow,
    memoryStore({ account: 5, address: 5 }),
    createCircuit({ target: 'attempt-store' }),
  );
  const who = { account: 'ann@example.com', address: undefined };

  const admission = await store.enter(who);
  expect(admission.kind).toBe('admitted');
  responded.resolve();
  await Promise.all(late);
  await new Promise(setImmediate);

  expect(await accounts.waitMs('ann@example.com')).toBe(0);
  expect(await counting.enter(who)).toMatchObject({ kind: 'admitted' });
});
