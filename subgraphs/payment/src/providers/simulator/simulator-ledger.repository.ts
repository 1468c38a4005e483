import { inTransaction, query, statement, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { ChargeRequest, RefundRequest } from '../payment-provider';
import type { SimulatedRefund } from './simulator-methods';
import { type Announce, announceNothing, insertNotices } from './simulator-notice.repository';

/** The charge of one key. Its outcome is hidden until `settles_at`, by the database's clock. */
export interface LedgerCharge {
  reference: string;
  amountCents: number;
  currency: string;
  outcome: 'requires_action' | 'succeeded' | 'declined' | 'cancelled';
  failureCode: string | null;
  isSettled: boolean;
}

export interface NewLedgerCharge {
  outcome: LedgerCharge['outcome'];
  failureCode: string | null;
  settlesAfterMs: number;
  /** Delay of the webhook after the charge has settled. */
  announceAfterMs: number;
}

/** The end of a required authentication; a charge that the shop closes has no webhook. */
export type ActionEnd = Omit<NewLedgerCharge, 'settlesAfterMs'>;

/** A simulated refund in its current state, by the database's clock. */
export interface LedgerRefund {
  key: string;
  reference: string;
  state: 'pending' | 'succeeded' | 'failed';
  failureCode: string | null;
}

/** Delays the webhook until the state has changed. */
const noticeAfterMs = 50;

const refundColumns = `key, reference, failure_code AS "failureCode",
  CASE WHEN fails_at <= clock_timestamp() THEN 'failed' WHEN settles_at > clock_timestamp() THEN 'pending'
       ELSE 'succeeded' END AS state`;

const chargeColumns = `reference, amount_cents AS "amountCents", currency, outcome, failure_code AS "failureCode",
  settles_at <= clock_timestamp() AS "isSettled"`;

const insertCharge = statement(
  'SimulatorLedgerRepository.insertCharge',
  `WITH charge AS (
     INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, failure_code, settles_at)
     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 millisecond')
     ON CONFLICT (key) DO NOTHING
     RETURNING *
   ), notices AS (${insertNotices('$8', 'charge')})
   SELECT ${chargeColumns} FROM charge`,
);

const endAction = statement(
  'SimulatorLedgerRepository.endAction',
  `WITH ended AS (
     UPDATE simulator.charges SET outcome = $2, failure_code = $3, settles_at = clock_timestamp()
      WHERE key = $1 AND outcome = 'requires_action'
     RETURNING key, order_id
   ), notices AS (${insertNotices('$4', 'ended')})
   SELECT key FROM ended`,
);

const findCharge = statement(
  'SimulatorLedgerRepository.findCharge',
  `SELECT ${chargeColumns} FROM simulator.charges WHERE key = $1`,
);

/** The schema `simulator`. Each method commits by itself, like a call to an external provider. */
export class SimulatorLedgerRepository {
  /** @param announce plans the webhooks of a change; if omitted, none is sent */
  constructor(
    private readonly dataSource: DataSource,
    private readonly announce: Announce = announceNothing,
  ) {}

  /** The new charge; null if the key exists. */
  async insertCharge(request: ChargeRequest, charge: NewLedgerCharge): Promise<LedgerCharge | null> {
    const { key, orderId, amountCents, currency } = request;
    const { outcome, failureCode, settlesAfterMs, announceAfterMs } = charge;
    const notices = this.chargeNotices(key, outcome, settlesAfterMs + announceAfterMs);
    const values = [key, orderId, amountCents, currency, outcome, failureCode, settlesAfterMs, notices];
    const [inserted] = await query<LedgerCharge>(this.dataSource, insertCharge, values);
    return inserted ?? null;
  }

  /** Of concurrent calls, one succeeds. False if no authentication is required. */
  async endAction(key: string, { outcome, failureCode, announceAfterMs }: ActionEnd): Promise<boolean> {
    const notices = this.chargeNotices(key, outcome, announceAfterMs);
    const ended = await query(this.dataSource, endAction, [key, outcome, failureCode, notices]);
    return ended.length > 0;
  }

  async findCharge(key: string): Promise<LedgerCharge | null> {
    const [charge] = await query<LedgerCharge>(this.dataSource, findCharge, [key]);
    return charge ?? null;
  }

  private chargeNotices(key: string, outcome: LedgerCharge['outcome'], afterMs: number): string {
    const isAnnounced = outcome === 'succeeded' || outcome === 'declined';
    return JSON.stringify(isAnnounced ? this.announce(`charge.${outcome}`, key, afterMs) : []);
  }

  async findRefund(key: string): Promise<LedgerRefund | null> {
    const [refund] = await this.dataSource.query<LedgerRefund[]>(
      `/* SimulatorLedgerRepository.findRefund */ SELECT ${refundColumns} FROM simulator.refunds WHERE key = $1`,
      [key],
    );
    return refund ?? null;
  }

  /**
   * One refund per key, and at most one per charge that has not failed.
   *
   * @param first the behaviour of the charge's first refund
   * @returns `already_refunded` under another key · `nothing_charged` if no charge has succeeded
   */
  insertRefund(
    { key, charge }: RefundRequest,
    first: SimulatedRefund,
  ): Promise<LedgerRefund | 'already_refunded' | 'nothing_charged'> {
    return inTransaction(this.dataSource, async (transaction) => {
      if (!(await this.lockCharge(transaction, charge.key))) return 'nothing_charged';
      const made = await this.findRefunds(transaction, charge.key);
      const same = made.find((refund) => refund.key === key);
      if (same) return same;
      if (made.some(({ state }) => state !== 'failed')) return 'already_refunded';
      const behaviour = made.length === 0 ? first : { settlesAfterMs: 0, failure: null };
      return this.writeRefund(transaction, { key, chargeKey: charge.key, ...behaviour });
    });
  }

  private async lockCharge(transaction: Transaction, chargeKey: string): Promise<boolean> {
    const found = await transaction.query<unknown[]>(
      `/* SimulatorLedgerRepository.lockCharge */
       SELECT key FROM simulator.charges
       WHERE key = $1 AND outcome = 'succeeded' AND settles_at <= clock_timestamp() FOR UPDATE`,
      [chargeKey],
    );
    return found.length > 0;
  }

  private findRefunds(transaction: Transaction, chargeKey: string): Promise<LedgerRefund[]> {
    return transaction.query<LedgerRefund[]>(
      `/* SimulatorLedgerRepository.findRefunds */
       SELECT ${refundColumns} FROM simulator.refunds WHERE charge_key = $1 ORDER BY created_at`,
      [chargeKey],
    );
  }

  private async writeRefund(
    transaction: Transaction,
    refund: { key: string; chargeKey: string } & SimulatedRefund,
  ): Promise<LedgerRefund> {
    const { key, chargeKey, settlesAfterMs, failure } = refund;
    const [written] = await transaction.query<[LedgerRefund]>(
      `/* SimulatorLedgerRepository.writeRefund */
       WITH charge AS (SELECT key, order_id, amount_cents FROM simulator.charges WHERE key = $2), refund AS (
         INSERT INTO simulator.refunds (key, charge_key, amount_cents, settles_at, fails_at, failure_code)
         SELECT $1, key, amount_cents, clock_timestamp() + $3 * interval '1 millisecond',
                clock_timestamp() + $4 * interval '1 millisecond', $5
         FROM charge
         RETURNING *
       ), notices AS (${insertNotices('$6', 'charge')})
       SELECT ${refundColumns} FROM refund`,
      [
        ...[key, chargeKey, settlesAfterMs, failure?.afterMs ?? null, failure?.code ?? null],
        JSON.stringify(this.refundNotices(refund)),
      ],
    );
    return written;
  }

  private refundNotices({ chargeKey, settlesAfterMs, failure }: { chargeKey: string } & SimulatedRefund) {
    const succeeds = failure?.afterMs !== settlesAfterMs;
    return [
      ...(succeeds ? this.announce('charge.refunded', chargeKey, settlesAfterMs + noticeAfterMs) : []),
      ...(failure ? this.announce('charge.refund_failed', chargeKey, failure.afterMs + noticeAfterMs) : []),
    ];
  }
}
