import type { FailurePolicy } from './failure-counts';

/** What failures cost, by account and by address: many people may share one. */
export interface ThrottlePolicy {
  account: FailurePolicy;
  address: FailurePolicy;
}

/** While an attempt is under way others wait this long for its end. */
export const crowdWaitMs = 1_000;

/** @param failuresPerAddress that are free; of one account ten are */
export function throttlePolicy(failuresPerAddress = 10): ThrottlePolicy {
  const account = {
    freeFailures: 10,
    windowMs: 15 * 60_000,
    firstDelayMs: 30_000,
    maximumDelayMs: 15 * 60_000,
  };
  return { account, address: { ...account, freeFailures: failuresPerAddress } };
}

/** For one process that counts alone what all together should count: half as many are free. */
export function stricter({ account, address }: ThrottlePolicy): ThrottlePolicy {
  const halved = (policy: FailurePolicy) => ({
    ...policy,
    freeFailures: Math.max(1, Math.floor(policy.freeFailures / 2)),
  });
  return { account: halved(account), address: halved(address) };
}
