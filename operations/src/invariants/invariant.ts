const minutes = 60_000;

/** A difference that is younger than this may be an order in progress or a pending message. */
const settlingMs = 1 * minutes;
/**
 * A payment attempt without a result is closed after ten minutes, and a REQUIRES_ACTION one after
 * 15 at most (the maximum of PAYMENT_ACTION_SECONDS); five minutes remain to close the key.
 */
const paymentMs = 20 * minutes;
const deliveryMs = 5 * minutes;

/**
 * The invariants by name: a description, and for how long they may be violated by work in progress.
 */
export const invariants = {
  'stock-never-negative': { description: 'no product has a negative stock', withinMs: 0 },
  'stock-conserved': { description: 'stock + held + committed = ledger', withinMs: 0 },
  'stock-sums-agree': { description: 'the running sums of the stock equal its records', withinMs: 0 },
  'order-decided': {
    description: 'no order is in progress or unpaid beyond its time limit',
    withinMs: 2 * minutes,
  },
  'payment-decided': { description: 'no payment is undecided beyond its time limit', withinMs: paymentMs },
  'refund-finished': {
    description: 'no refund has failed, and each unfinished one is retried',
    withinMs: paymentMs,
  },
  'stock-follows-order': {
    description: 'the reservation of each order matches its status',
    withinMs: settlingMs,
  },
  'reservation-has-order': {
    description: 'no stock is reserved for an order that does not exist',
    withinMs: settlingMs,
  },
  'order-is-paid': {
    description: 'each CONFIRMED order has exactly one charge of its total',
    withinMs: settlingMs,
  },
  'charge-has-order': {
    description: 'each charge has a CONFIRMED order, or is refunded',
    withinMs: settlingMs,
  },
  'provider-configured': {
    description: 'each provider of undecided payments or refunds is configured',
    withinMs: settlingMs,
  },
  'provider-agrees': {
    description: 'the records of the provider equal those of payment',
    withinMs: settlingMs,
  },
  'event-delivered': { description: 'each event is delivered or a dead letter', withinMs: deliveryMs },
  'webhook-processed': { description: 'each stored webhook is processed', withinMs: deliveryMs },
} as const satisfies Record<string, { description: string; withinMs: number }>;

/** Maximum `withinMs`: a disagreement without a change for this long is always a breach. */
export const longestAllowanceMs = Math.max(...Object.values(invariants).map(({ withinMs }) => withinMs));

export type InvariantName = keyof typeof invariants;

/** The check of one invariant for one object. */
export interface InvariantCheck {
  invariant: InvariantName;
  /** The violation, with IDs; undefined if there is none. */
  problem: string | undefined;
  /** When the compared records last changed, in milliseconds since 1970. */
  sinceMs: number;
  /** Overrides the invariant's time. */
  withinMs?: number;
}

export type InvariantChecks = Generator<InvariantCheck>;
