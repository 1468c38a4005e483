import { z } from 'zod';

// The records that the services' `export` commands print. Times are milliseconds since 1970 by the
// clock of the database; money is in minor units.

const orderId = z.string();
const atMs = z.number();

const order = z.object({
  kind: z.literal('order'),
  orderId,
  userId: z.string(),
  paymentId: z.string().nullable(),
  step: z.string(),
  status: z.enum(['PENDING', 'CONFIRMED', 'CANCELLED']).nullable(),
  totalCents: z.number().nullable(),
  currency: z.string().nullable(),
  lines: z.string(),
  sinceMs: atMs,
  expiresAtMs: atMs.nullable(),
});

const reservation = z.object({
  kind: z.literal('reservation'),
  orderId,
  status: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
  lines: z.string(),
  sinceMs: atMs,
});

const payment = z.object({
  kind: z.literal('payment'),
  orderId,
  paymentId: z.string(),
  status: z.enum(['PENDING', 'REQUIRES_ACTION', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'REFUNDED']),
  amountCents: z.number(),
  currency: z.string(),
  provider: z.string(),
  createdAtMs: atMs,
  sinceMs: atMs,
  refund: z
    .object({
      status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']),
      failureCode: z.string().nullable(),
      isDefinite: z.boolean(),
      isSettled: z.boolean(),
      nextTryAtMs: atMs.nullable(),
    })
    .nullable(),
});

const charge = z.object({
  kind: z.literal('charge'),
  orderId,
  provider: z.string(),
  reference: z.string(),
  amountCents: z.number(),
  currency: z.string(),
  isRefunded: z.boolean(),
  sinceMs: atMs,
});

/** Records of orders, sorted by order ID in each export. */
export const orderedRecord = z.discriminatedUnion('kind', [order, reservation, payment, charge]);

const product = z.object({
  kind: z.literal('product'),
  productId: z.string(),
  stock: z.number(),
  held: z.number(),
  committed: z.number(),
  ledger: z.number(),
  sums: z.object({ reserved: z.number(), ledger: z.number() }).nullable(),
});

const event = z.object({
  kind: z.literal('event'),
  state: z.enum(['waiting', 'retrying', 'dead']),
  eventId: z.string(),
  type: z.string(),
  subscriber: z.string().nullable(),
  sinceMs: atMs,
  lastError: z.string().nullable(),
});

const webhook = z.object({
  kind: z.literal('webhook'),
  provider: z.string(),
  webhookId: z.string(),
  type: z.string(),
  sinceMs: atMs,
});

/** Open payments and refunds of a provider; `isConfigured` false: the service cannot call it. */
const provider = z.object({
  kind: z.literal('provider'),
  provider: z.string(),
  isConfigured: z.boolean(),
  undecidedPayments: z.number(),
  pendingRefunds: z.number(),
  sinceMs: atMs,
});

/** A provider whose charges are exported. */
const books = z.object({ kind: z.literal('books'), provider: z.string() });

/** An order that has changed or is undecided; a line of the services' `changes` commands. */
export const changedRecord = z.object({ kind: z.literal('changed'), orderId });

/** Records that precede those of orders. */
export const singleRecord = z.discriminatedUnion('kind', [product, event, webhook, provider, books]);

/** The first record. */
export const snapshotRecord = z.object({ kind: z.literal('snapshot'), service: z.string(), atMs });
/** The last record; without it the export is incomplete. */
export const endRecord = z.object({ kind: z.literal('end'), records: z.number() });

export type OrderRecord = z.infer<typeof order>;
export type ReservationRecord = z.infer<typeof reservation>;
export type PaymentRecord = z.infer<typeof payment>;
export type RefundRecord = NonNullable<PaymentRecord['refund']>;
export type ChargeRecord = z.infer<typeof charge>;
export type ProductRecord = z.infer<typeof product>;
export type EventRecord = z.infer<typeof event>;
export type WebhookRecord = z.infer<typeof webhook>;
export type ProviderRecord = z.infer<typeof provider>;
export type OrderedRecord = z.infer<typeof orderedRecord>;
export type SingleRecord = z.infer<typeof singleRecord>;

/** The records of all services about one order. */
export interface OrderCase {
  orderId: string;
  order: OrderRecord | undefined;
  reservation: ReservationRecord | undefined;
  payments: readonly PaymentRecord[];
  charges: readonly ChargeRecord[];
}
