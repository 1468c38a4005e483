import type { Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { Settlement } from './settlement.entity';

/** The table `settlements`. */
export class SettlementRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(transaction: Transaction, settlement: Omit<Settlement, 'settledAt'>): Promise<void> {
    const { paymentId, settledAs, reason, askedProvider } = settlement;
    await transaction.query(
      `/* SettlementRepository.insert */
       INSERT INTO settlements (payment_id, settled_as, reason, asked_provider) VALUES ($1, $2, $3, $4)`,
      [paymentId, settledAs, reason, askedProvider],
    );
  }

  findByPaymentId(paymentId: string): Promise<Settlement | null> {
    return this.dataSource.manager.findOne(Settlement, {
      where: { paymentId },
      comment: 'SettlementRepository.findByPaymentId',
    });
  }
}
