import type { QueryRunner } from 'typeorm';
import type { BookedCharge, BookedRefund } from './stripe-books';

/** One charge at Stripe with its refunded amount, in Stripe's units. */
export interface RecordedCharge extends BookedCharge {
  refunded: number;
}

const rowsAtATime = 2_000;

/** Stripe's records in temporary tables: listed by age, compared by order. */
export class StripeRecordsRepository {
  /** @param connection of its own, because temporary tables belong to a connection */
  constructor(private readonly connection: QueryRunner) {}

  /** @returns the database's time, in milliseconds since 1970 */
  async create(): Promise<number> {
    await this.connection.query(`
      CREATE TEMPORARY TABLE stripe_charges (
        order_id uuid, intent_id text, key text, amount bigint, currency text, at_ms float8,
        PRIMARY KEY (order_id, intent_id))`);
    await this.connection.query(
      'CREATE TEMPORARY TABLE stripe_refunds (id text PRIMARY KEY, intent_id text, amount bigint, at_ms float8)',
    );
    const [row] = (await this.connection.query(
      '/* StripeRecords.now */ SELECT (extract(epoch FROM now()) * 1000)::float8 AS "atMs"',
    )) as [{ atMs: number }];
    return row.atMs;
  }

  async addCharges(charges: readonly BookedCharge[]): Promise<void> {
    await this.connection.query(
      `/* StripeRecords.addCharges */
       INSERT INTO stripe_charges
       SELECT "orderId", "intentId", key, amount, currency, "atMs" FROM jsonb_to_recordset($1::jsonb)
         AS added ("orderId" uuid, "intentId" text, key text, amount bigint, currency text, "atMs" float8)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(charges)],
    );
  }

  async addRefunds(refunds: readonly BookedRefund[]): Promise<void> {
    await this.connection.query(
      `/* StripeRecords.addRefunds */
       INSERT INTO stripe_refunds
       SELECT id, "intentId", amount, "atMs" FROM jsonb_to_recordset($1::jsonb)
         AS added (id text, "intentId" text, amount bigint, "atMs" float8)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(refunds)],
    );
  }

  /** Older PaymentIntents of these orders; `createdBefore` allows for clock skew. */
  async findOlderIntents(orderIds: readonly string[], createdBefore: Date): Promise<string[]> {
    const rows = (await this.connection.query(
      `/* StripeRecords.findOlderIntents */
       SELECT provider_reference AS reference FROM payments
        WHERE order_id = ANY ($1) AND provider = 'stripe' AND provider_reference IS NOT NULL AND created_at < $2`,
      [orderIds, createdBefore],
    )) as { reference: string }[];
    return rows.map(({ reference }) => reference);
  }

  async index(): Promise<void> {
    await this.connection.query('CREATE INDEX ON stripe_refunds (intent_id)');
    await this.connection.query('ANALYZE stripe_charges, stripe_refunds');
  }

  /** Sorted by order ID; of all orders if `orderIds` is null. */
  async *charges(orderIds: readonly string[] | null): AsyncGenerator<RecordedCharge> {
    let last: readonly [orderId: string, intentId: string] = ['00000000-0000-0000-0000-000000000000', ''];
    for (;;) {
      const rows = (await this.connection.query(
        `/* StripeRecords.charges */
         SELECT order_id AS "orderId", charges.intent_id AS "intentId", charges.key, charges.amount, currency, refunds.amount AS refunded,
                greatest(charges.at_ms, refunds.at_ms) AS "atMs"
           FROM stripe_charges AS charges
           CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0)::float8 AS amount, max(at_ms) AS at_ms
                                 FROM stripe_refunds WHERE intent_id = charges.intent_id) AS refunds
          WHERE (order_id, charges.intent_id) > ($1::uuid, $2) AND ($3::uuid[] IS NULL OR order_id = ANY ($3))
          ORDER BY order_id, charges.intent_id LIMIT ${rowsAtATime}`,
        [...last, orderIds],
      )) as RecordedCharge[];
      yield* rows;
      const end = rows.at(-1);
      if (!end || rows.length < rowsAtATime) return;
      last = [end.orderId, end.intentId];
    }
  }
}
