import { createHash } from 'node:crypto';
import type { PermanentFailureCode } from '../payment-provider';

/** How the simulated provider handles a charge. */
export type SimulatedBehaviour =
  | { kind: 'succeed'; settlesAfterMs: number }
  | { kind: 'decline'; failureCode: string }
  /** Charges, but the response is lost. */
  | { kind: 'succeed_then_timeout' }
  /** The customer must authenticate; `simulateAuthentication` sets the outcome. */
  | { kind: 'require_action' }
  /** As if the connection was refused. */
  | { kind: 'unavailable' }
  /** Like an amount outside a provider's limits: no further attempt succeeds. */
  | { kind: 'not_possible'; failureCode: PermanentFailureCode };

const succeed = { kind: 'succeed', settlesAfterMs: 0 } as const;

const behaviours: Readonly<Record<string, SimulatedBehaviour>> = {
  sim_success: succeed,
  sim_declined: { kind: 'decline', failureCode: 'card_declined' },
  sim_insufficient_funds: { kind: 'decline', failureCode: 'insufficient_funds' },
  sim_processing: { kind: 'succeed', settlesAfterMs: 1_000 },
  sim_timeout: { kind: 'succeed_then_timeout' },
  sim_requires_action: { kind: 'require_action' },
  sim_unavailable: { kind: 'unavailable' },
  sim_not_possible: { kind: 'not_possible', failureCode: 'unpayable_amount' },
  sim_refund_pending: succeed,
  sim_refund_failed: succeed,
  sim_refund_fails_later: succeed,
};

/** The first refund of a charge. After a failure, a refund under another key succeeds. */
export interface SimulatedRefund {
  settlesAfterMs: number;
  /** `afterMs`: since the refund was requested. */
  failure: { code: string; afterMs: number } | null;
}

const immediateRefund: SimulatedRefund = { settlesAfterMs: 0, failure: null };

const failureCode = 'expired_or_canceled_card';

const refundsOfMethods: Readonly<Record<string, SimulatedRefund>> = {
  sim_refund_pending: { settlesAfterMs: 1_000, failure: null },
  sim_refund_failed: { settlesAfterMs: 0, failure: { code: failureCode, afterMs: 0 } },
  sim_refund_fails_later: { settlesAfterMs: 0, failure: { code: failureCode, afterMs: 2_000 } },
};

export function refundOf(method: string | null): SimulatedRefund {
  const isNamed = method !== null && Object.hasOwn(refundsOfMethods, method);
  return (isNamed && refundsOfMethods[method]) || immediateRefund;
}

/** The behaviour of a payment method; undefined for an unknown method. */
export function behaviourOf(method: string): SimulatedBehaviour | undefined {
  return Object.hasOwn(behaviours, method) ? behaviours[method] : undefined;
}

/** Without a payment method: pseudo-random by seed and order ID, the same for each attempt. */
export function behaviourByChance(input: {
  seed: string;
  orderId: string;
  successRate: number;
}): SimulatedBehaviour {
  const { seed, orderId, successRate } = input;
  const digest = createHash('sha256').update(`${seed}:${orderId}`).digest();
  const chance = digest.readUIntBE(0, 6) / 2 ** 48;
  return chance < successRate ? succeed : { kind: 'decline', failureCode: 'card_declined' };
}
