const minutes = 60_000;

/** What differs for no longer than this may be an order at work, or a message on its way. */
const settlingMs = 1 * minutes;
/**
 * An unanswered attempt is closed after ten minutes, and a REQUIRES_ACTION one after 15 at most
 * (the maximum of PAYMENT_ACTION_SECONDS); five minutes remain to close the key.
 */
const paymentMs = 20 * minutes;
const deliveryMs = 5 * minutes;

/**
 * What must always hold, by name, and for how long something may look otherwise because it is under
 * way.
 */
export const invariants = {
  'stock-never-negative': { says: 'no product has less than no stock', withinMs: 0 },
  'stock-conserved': { says: 'stock + held + committed = what the ledger says', withinMs: 0 },
  'stock-sums-agree': { says: 'the running sums of the stock equal its records', withinMs: 0 },
  'order-decided': {
    says: 'no order is at work, or waits for money, beyond its time',
    withinMs: 2 * minutes,
  },
  'payment-decided': { says: 'no payment is undecided beyond its time', withinMs: paymentMs },
  'refund-finished': { says: 'no refund has failed, and each unfinished one is tried', withinMs: paymentMs },
  'stock-follows-order': { says: 'each order has the stock that its status says', withinMs: settlingMs },
  'reservation-has-order': { says: 'nothing is held for an order that is none', withinMs: settlingMs },
  'order-is-paid': {
    says: 'each CONFIRMED order has exactly one charge, of its amount',
    withinMs: settlingMs,
  },
  'charge-has-order': { says: 'each charge has a CONFIRMED order, or is refunded', withinMs: settlingMs },
  'provider-configured': {
    says: 'each provider that payments or refunds wait for is configured',
    withinMs: settlingMs,
  },
  'provider-agrees': { says: 'the provider’s books say the same as ours', withinMs: settlingMs },
  'event-delivered': { says: 'each event is delivered or a dead letter', withinMs: deliveryMs },
  'webhook-processed': { says: 'each webhook that was stored is processed', withinMs: deliveryMs },
} as const satisfies Record<string, { says: string; withinMs: number }>;

/** Maximum `withinMs`: a disagreement without a change for this long is always a breach. */
export const longestAllowanceMs = Math.max(...Object.values(invariants).map(({ withinMs }) => withinMs));

export type InvariantName = keyof typeof invariants;

/** One invariant, asked of one thing. */
export interface InvariantCheck {
  invariant: InvariantName;
  /** What is wrong, with ids; undefined when nothing is. */
  problem: string | undefined;
  /**
   * When the last of what was compared changed, in milliseconds since 1970: before that it was
   * another matter.
   */
  sinceMs: number;
  /** Instead of the invariant's own time. */
  withinMs?: number;
}

export type InvariantChecks = Generator<InvariantCheck>;
