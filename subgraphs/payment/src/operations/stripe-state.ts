import { createDataSource } from '@shop/kit/database';
import { type ExportScope, OperatorError } from '@shop/kit/operator';
import { paymentDatabase } from '../data-source';
import type { ChargeRecord } from '../providers/simulator/simulator-books.repository';
import { StripeBooks } from '../providers/stripe/stripe-books';
import { createStripeClient } from '../providers/stripe/stripe-client';
import { describeStripeError } from '../providers/stripe/stripe-errors';
import { type RecordedCharge, StripeRecordsRepository } from '../providers/stripe/stripe-records.repository';
import { fromStripeAmount } from '../providers/stripe/stripe-values';
import { providerSettings } from './operator-arguments';

const timeoutMs = 30_000;

/** Allowed between the database's clock and Stripe's. */
const clockSkewMs = 10 * 60_000;

/** Undefined when Stripe is not configured for this command. */
export function openStripeBooks(): StripeBooks | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = providerSettings();
  if (!secretKey) return undefined;
  return new StripeBooks(createStripeClient({ secretKey, timeoutMs, retries: 3, apiUrl }));
}

/** Stripe's charges in the format of reconcile. */
export interface StripeRecords {
  /** When reading started, by the database's clock. */
  asOfMs: number;
  /** Sorted by order ID. */
  charges: AsyncIterable<ChargeRecord>;
}

/**
 * Reads Stripe's charges and refunds and passes them to `use`, sorted by order ID. Memory use is
 * constant. Runs before the database snapshot is taken, so that no snapshot is open during the
 * requests to Stripe.
 *
 * @param since older charges and refunds of the scope's orders are read one by one; null:
 *   everything is listed
 */
export async function* withStripeRecords(
  books: StripeBooks,
  input: { databaseUrl: string; scope: ExportScope; since: Date | null },
  use: (records: StripeRecords) => AsyncIterable<object>,
): AsyncGenerator<object> {
  const { databaseUrl, scope, since } = input;
  const options = { ...paymentDatabase, url: databaseUrl, poolSize: 2 };
  const dataSource = await createDataSource(options).initialize();
  const connection = dataSource.createQueryRunner();
  try {
    const records = new StripeRecordsRepository(connection);
    const asOfMs = await records.create();
    await withStripeErrorsHidden(() => fill(records, books, { scope, since }));
    await records.index();
    yield* use({ asOfMs, charges: toRecords(records.charges(scope.ids ?? null)) });
  } finally {
    await connection.release();
    await dataSource.destroy();
  }
}

async function fill(
  records: StripeRecordsRepository,
  books: StripeBooks,
  { scope, since }: { scope: ExportScope; since: Date | null },
): Promise<void> {
  for await (const page of books.charges(since)) await records.addCharges(page);
  for await (const page of books.refunds(since)) await records.addRefunds(page);
  if (!since || !scope.ids) return;
  const createdBefore = new Date(since.getTime() + clockSkewMs);
  for (const intentId of await records.findOlderIntents(scope.ids, createdBefore)) {
    const { charges, refunds } = await books.one(intentId);
    await records.addCharges(charges);
    await records.addRefunds(refunds);
  }
}

async function* toRecords(charges: AsyncIterable<RecordedCharge>): AsyncGenerator<ChargeRecord> {
  for await (const { orderId, intentId, key, amount, refunded, currency, atMs } of charges) {
    const amountCents = fromStripeAmount(amount - refunded, currency);
    yield {
      ...{ kind: 'charge', orderId, provider: 'stripe', key, reference: intentId, amountCents, currency },
      ...{ isRefunded: amountCents === 0, sinceMs: atMs },
    };
  }
}

/** Orders of this shop with a charge or refund at Stripe since `since`; may contain duplicates. */
export async function* changedAtStripe(books: StripeBooks, since: Date): AsyncGenerator<object> {
  const orderIds = new Set<string>();
  await withStripeErrorsHidden(async () => {
    for await (const page of books.charges(since)) for (const { orderId } of page) orderIds.add(orderId);
    for await (const page of books.refundedOrders(since)) for (const orderId of page) orderIds.add(orderId);
  });
  for (const orderId of orderIds) yield { kind: 'changed', orderId };
}

/** Replaces Stripe's error messages, which may quote a part of the key. */
async function withStripeErrorsHidden(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const description = describeStripeError(cause);
    if (description === undefined) throw cause;
    throw new OperatorError(`Stripe's records could not be listed: ${description}`, { cause });
  }
}
