import { query, statement, type Transaction } from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import { Settlement } from './settlement.entity';

/** A settlement whose key must be closed at the provider. */
export type DueSettlement = Pick<Settlement, 'paymentId' | 'settledAs'>;

/** Settlements without the provider whose key is not closed yet. */
export const dueSettlements: Omit<DueTable, 'leaseMs'> = {
  table: 'settlements',
  key: { payment_id: 'uuid' },
  columns: 'due_row.payment_id AS "paymentId", settled_as AS "settledAs"',
};

const insert = statement(
  'SettlementRepository.insert',
  `INSERT INTO settlements (payment_id, settled_as, reason, asked_provider, due_at)
   VALUES ($1, $2, $3, $4, CASE WHEN NOT $4 THEN now() END)`,
);

const markClosed = statement(
  'SettlementRepository.markClosed',
  'UPDATE settlements SET due_at = NULL, due_tries = 0 WHERE payment_id = $1',
);

/** The table `settlements`. */
export class SettlementRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(transaction: Transaction, settlement: Omit<Settlement, 'settledAt' | 'dueAt'>): Promise<void> {
    const { paymentId, settledAs, reason, askedProvider } = settlement;
    await query(transaction, insert, [paymentId, settledAs, reason, askedProvider]);
  }

  async markClosed(paymentId: string): Promise<void> {
    await query(this.dataSource, markClosed, [paymentId]);
  }

  findByPaymentId(paymentId: string): Promise<Settlement | null> {
    return this.dataSource.manager.findOne(Settlement, {
      where: { paymentId },
      comment: 'SettlementRepository.findByPaymentId',
    });
  }
}
