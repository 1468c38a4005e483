import { inTransaction, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { RefundRequest } from '../payment-provider';
import type { SimulatedRefund } from './simulator-methods';
import { type Announce, announceNothing, insertNotices } from './simulator-notices';

/** A simulated refund in its current state, by the database's clock. */
export interface LedgerRefund {
  key: string;
  reference: string;
  state: 'pending' | 'succeeded' | 'failed';
  failureCode: string | null;
}

/** `already_refunded`: under another key. `nothing_charged`: no charge has succeeded. */
export type RefundEntry = LedgerRefund | 'already_refunded' | 'nothing_charged';

/** Delays the webhook until the state has changed. */
const noticeAfterMs = 50;

const columns = `key, reference, failure_code AS "failureCode",
  CASE WHEN fails_at <= clock_timestamp() THEN 'failed' WHEN settles_at > clock_timestamp() THEN 'pending'
       ELSE 'succeeded' END AS state`;

/** The table `simulator.refunds`. Each method runs in its own transaction. */
export class SimulatorRefundsRepository {
  /** @param announce plans the webhooks of a change; if omitted, none is sent */
  constructor(
    private readonly dataSource: DataSource,
    private readonly announce: Announce = announceNothing,
  ) {}

  async find(key: string): Promise<LedgerRefund | null> {
    const [refund] = await this.dataSource.query<LedgerRefund[]>(
      `/* SimulatorRefundsRepository.find */ SELECT ${columns} FROM simulator.refunds WHERE key = $1`,
      [key],
    );
    return refund ?? null;
  }

  /**
   * One refund per key, and at most one per charge that has not failed.
   *
   * @param first the behaviour of the charge's first refund
   */
  insert({ key, charge }: RefundRequest, first: SimulatedRefund): Promise<RefundEntry> {
    return inTransaction(this.dataSource, async (transaction) => {
      if (!(await this.lockCharge(transaction, charge.key))) return 'nothing_charged';
      const made = await this.findByCharge(transaction, charge.key);
      const same = made.find((refund) => refund.key === key);
      if (same) return same;
      if (made.some(({ state }) => state !== 'failed')) return 'already_refunded';
      const behaviour = made.length === 0 ? first : { settlesAfterMs: 0, failure: null };
      return this.write(transaction, { key, chargeKey: charge.key, ...behaviour });
    });
  }

  private async lockCharge(transaction: Transaction, chargeKey: string): Promise<boolean> {
    const found = await transaction.query<unknown[]>(
      `/* SimulatorRefundsRepository.lockCharge */
       SELECT key FROM simulator.charges
       WHERE key = $1 AND outcome = 'succeeded' AND settles_at <= clock_timestamp() FOR UPDATE`,
      [chargeKey],
    );
    return found.length > 0;
  }

  private findByCharge(transaction: Transaction, chargeKey: string): Promise<LedgerRefund[]> {
    return transaction.query<LedgerRefund[]>(
      `/* SimulatorRefundsRepository.findByCharge */
       SELECT ${columns} FROM simulator.refunds WHERE charge_key = $1 ORDER BY created_at`,
      [chargeKey],
    );
  }

  private async write(
    transaction: Transaction,
    refund: { key: string; chargeKey: string } & SimulatedRefund,
  ): Promise<LedgerRefund> {
    const { key, chargeKey, settlesAfterMs, failure } = refund;
    const [written] = await transaction.query<[LedgerRefund]>(
      `/* SimulatorRefundsRepository.write */
       WITH charge AS (SELECT key, order_id, amount_cents FROM simulator.charges WHERE key = $2), refund AS (
         INSERT INTO simulator.refunds (key, charge_key, amount_cents, settles_at, fails_at, failure_code)
         SELECT $1, key, amount_cents, clock_timestamp() + $3 * interval '1 millisecond',
                clock_timestamp() + $4 * interval '1 millisecond', $5
         FROM charge
         RETURNING *
       ), notices AS (${insertNotices('$6', 'charge')})
       SELECT ${columns} FROM refund`,
      [
        ...[key, chargeKey, settlesAfterMs, failure?.afterMs ?? null, failure?.code ?? null],
        JSON.stringify(this.noticesOf(refund)),
      ],
    );
    return written;
  }

  private noticesOf({ chargeKey, settlesAfterMs, failure }: { chargeKey: string } & SimulatedRefund) {
    const succeeds = failure?.afterMs !== settlesAfterMs;
    return [
      ...(succeeds ? this.announce('charge.refunded', chargeKey, settlesAfterMs + noticeAfterMs) : []),
      ...(failure ? this.announce('charge.refund_failed', chargeKey, failure.afterMs + noticeAfterMs) : []),
    ];
  }
}
