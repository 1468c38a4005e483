import { query, statement } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { ChargeRequest } from '../payment-provider';
import { type Announce, announceNothing, insertNotices } from './simulator-notices';

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

/**
 * The end of a required authentication: succeeded, failed, or closed by the shop without a webhook.
 */
export type ActionEnd = Omit<NewLedgerCharge, 'settlesAfterMs'>;

const columns = `reference, amount_cents AS "amountCents", currency, outcome, failure_code AS "failureCode",
  settles_at <= clock_timestamp() AS "isSettled"`;

const insertCharge = statement(
  'SimulatorLedgerRepository.insertCharge',
  `WITH charge AS (
     INSERT INTO simulator.charges (key, order_id, amount_cents, currency, outcome, failure_code, settles_at)
     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 millisecond')
     ON CONFLICT (key) DO NOTHING
     RETURNING *
   ), notices AS (${insertNotices('$8', 'charge')})
   SELECT ${columns} FROM charge`,
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
  `SELECT ${columns} FROM simulator.charges WHERE key = $1`,
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
    const notices = this.noticesOf(key, outcome, settlesAfterMs + announceAfterMs);
    const values = [key, orderId, amountCents, currency, outcome, failureCode, settlesAfterMs, notices];
    const [inserted] = await query<LedgerCharge>(this.dataSource, insertCharge, values);
    return inserted ?? null;
  }

  /**
   * Ends a required authentication. Of concurrent calls, one succeeds. False if none is required.
   */
  async endAction(key: string, { outcome, failureCode, announceAfterMs }: ActionEnd): Promise<boolean> {
    const notices = this.noticesOf(key, outcome, announceAfterMs);
    const ended = await query(this.dataSource, endAction, [key, outcome, failureCode, notices]);
    return ended.length > 0;
  }

  async findCharge(key: string): Promise<LedgerCharge | null> {
    const [charge] = await query<LedgerCharge>(this.dataSource, findCharge, [key]);
    return charge ?? null;
  }

  private noticesOf(key: string, outcome: LedgerCharge['outcome'], afterMs: number): string {
    const isAnnounced = outcome === 'succeeded' || outcome === 'declined';
    return JSON.stringify(isAnnounced ? this.announce(`charge.${outcome}`, key, afterMs) : []);
  }
}
