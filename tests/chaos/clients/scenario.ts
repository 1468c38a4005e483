import type { Random } from '../random/random';

/** Kinds of checkouts. Each takes a different path through the saga. */
export const scenarios = [
  'buy',
  'random_outcome',
  'declined',
  'free',
  'not_possible',
  'processing',
  'response_lost',
  'provider_unavailable',
  'authenticated',
  'authentication_failed',
  'authentication_abandoned',
  'cancel',
  'leave',
  'out_of_stock',
  'admin_cancel',
  'refund_pending',
  'refund_failed',
  'double_click',
] as const;

export type Scenario = (typeof scenarios)[number];

const weights: Record<Scenario, number> = {
  buy: 30,
  random_outcome: 15,
  declined: 10,
  free: 5,
  not_possible: 4,
  processing: 6,
  response_lost: 6,
  provider_unavailable: 5,
  authenticated: 5,
  authentication_failed: 3,
  authentication_abandoned: 3,
  cancel: 8,
  leave: 3,
  out_of_stock: 5,
  admin_cancel: 8,
  refund_pending: 4,
  refund_failed: 4,
  double_click: 4,
};
const allWeights = Object.values(weights).reduce((sum, weight) => sum + weight, 0);

/** Share of checkouts that use a required scenario. */
const requiredShare = 0.5;

/** @param required scenarios that reach the armed crash points */
export function chooseScenario(random: Random, required: readonly Scenario[]): Scenario {
  if (required.length > 0 && random.next() < requiredShare) return random.pick(required);
  let left = random.below(allWeights);
  return scenarios.find((scenario) => (left -= weights[scenario]) < 0) ?? 'buy';
}
