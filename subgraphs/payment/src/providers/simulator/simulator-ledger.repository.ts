import { inTransaction, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { ChargeRequest } from '../payment-provider';
import type { Announce } from './simulator-notices';

/** One key in the books. Before `settles_at`, by the database's clock, its outcome is not told. */
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
  /** When it is told, after it settled. */
  toldAfterMs: number;
}

/** How a required authentication ends: succeeded, failed, or closed by the shop, which gets no webhook. */
export interface ActionEnd {
  outcome: 'succeeded' | 'declined' | 'cancelled';
  failureCode?: string;
  toldAfterMs?: number;
}

/** The schema `simulator`. Each method is a transaction of its own, as it would be at another company. */
export class SimulatorLedgerRepository {
  /** @param announce plans the notice of what is written; left out, nobody is told */
  constructor(
    private readonly dataSource: DataSource,
    private readonly announce: Announce = () => Promise.resolve(),
  ) {}

  /** False when the key is in the books already. */
  insertCharge(request: ChargeRequest, charge: NewLedgerCharge): Promise<boolean> {
    return inTransaction(this.dataSource, async (transaction) => {
      const isNew = await this.insert(transaction, request, charge);
      if (isNew && (charge.outcome === 'succeeded' || charge.outcome === 'declined')) {
        const notice = {
          type: `charge.${charge.outcome}`,
          key: request.key,
          orderId: request.orderId,
        } as const;
        await this.announce(transaction, notice, charge.settlesAfterMs + charge.toldAfterMs);
      }
      return isNew;
    });
  }

  /** Ends a required authentication. Of concurrent calls the first wins. False if none is required. */
  endAction(key: string, end: ActionEnd): Promise<boolean> {
    const { outcome, failureCode = null, toldAfterMs = 0 } = end;
    return inTransaction(this.dataSource, async (transaction) => {
      const [[charge]] = await transaction.query<[{ orderId: string }[], number]>(
        `/* SimulatorLedgerRepository.endAction */
         UPDATE simulator.charges SET outcome = $2, failure_code = $3, settles_at = clock_timestamp()
         WHERE key = $1 AND outcome = 'requires_action'
         RETURNING order_id AS "orderId"`,
        [key, outcome, failureCode],
      );
      if (!charge) return false;
      if (outcome !== 'cancelled') {
        const notice = { type: `charge.${outcome}`, key, orderId: charge.orderId } as const;
        await this.announce(transaction, notice, toldAfterMs);
      }
      return true;
    });
  }

  private async insert(
    transaction: Transaction,
    request: ChargeRequest,
    charge: NewLedgerCharge,
  ): Promise<boolean> {
    const inserted = await transaction.query<{ key: string }[]>(
      `/* SimulatorLedgerRepository.insert */
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
}
