import type { DataSource } from 'typeorm';
import type { ChargeRequest } from '../payment-provider';

/** One key in the books. Before `settles_at`, by the database's clock, its outcome is not told. */
export interface LedgerCharge {
  reference: string;
  amountCents: number;
  currency: string;
  outcome: 'succeeded' | 'declined' | 'cancelled';
  failureCode: string | null;
  isSettled: boolean;
}

export interface NewLedgerCharge {
  outcome: LedgerCharge['outcome'];
  failureCode: string | null;
  settlesAfterMs: number;
}

/** The schema `simulator`. Each method is a transaction of its own, as it would be at another company. */
export class SimulatorLedgerRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** False when the key is in the books already. */
  async insertCharge(request: ChargeRequest, charge: NewLedgerCharge): Promise<boolean> {
    const inserted = await this.dataSource.query<{ key: string }[]>(
      `/* SimulatorLedgerRepository.insertCharge */
       INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, failure_code, settles_at)
       VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 millisecond')
       ON CONFLICT (key) DO NOTHING
       RETURNING key`,
      [
        request.key,
        request.orderId,
        request.amountCents,
        request.currency,
        charge.outcome,
        charge.failureCode,
        charge.settlesAfterMs,
      ],
    );
    return inserted.length > 0;
  }

  async findCharge(key: string): Promise<LedgerCharge | null> {
    const [charge] = await this.dataSource.query<LedgerCharge[]>(
      `/* SimulatorLedgerRepository.findCharge */
       SELECT reference, amount_cents AS "amountCents", currency, outcome, failure_code AS "failureCode",
              settles_at <= clock_timestamp() AS "isSettled"
       FROM simulator.charges WHERE key = $1`,
      [key],
    );
    return charge ?? null;
  }

  /** Its reference, new or from the first time; null when there is nothing to give back, or another key has done it. */
  async refund(input: { key: string; chargeKey: string }): Promise<string | null> {
    const [refund] = await this.dataSource.query<{ reference: string }[]>(
      `/* SimulatorLedgerRepository.refund */
       INSERT INTO simulator.refunds (key, charge_key, amount_cents)
       SELECT $1, key, amount_cents FROM simulator.charges
       WHERE key = $2 AND outcome = 'succeeded' AND settles_at <= clock_timestamp()
       ON CONFLICT (charge_key) DO UPDATE SET key = excluded.key WHERE simulator.refunds.key = excluded.key
       RETURNING reference`,
      [input.key, input.chargeKey],
    );
    return refund?.reference ?? null;
  }
}
