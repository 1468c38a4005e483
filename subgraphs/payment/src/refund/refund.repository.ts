import type { Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { Refund } from './refund.entity';

/** The table `refunds`. Methods run on their own unless they are given a transaction. */
export class RefundRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** False when the payment has its refund already. */
  async insert(
    transaction: Transaction,
    refund: Pick<Refund, 'paymentId' | 'providerKey'>,
  ): Promise<boolean> {
    const inserted = await transaction.query<unknown[]>(
      `/* RefundRepository.insert */
       INSERT INTO refunds (payment_id, provider_key) VALUES ($1, $2)
       ON CONFLICT (payment_id) DO NOTHING
       RETURNING payment_id`,
      [refund.paymentId, refund.providerKey],
    );
    return inserted.length > 0;
  }

  findByPaymentId(paymentId: string): Promise<Refund | null> {
    return this.dataSource.manager.findOne(Refund, {
      where: { paymentId },
      comment: 'RefundRepository.findByPaymentId',
    });
  }

  /** @returns false when somebody else has finished it */
  async markSucceeded(
    transaction: Transaction,
    paymentId: string,
    providerReference: string,
  ): Promise<boolean> {
    const [, changed] = await transaction.query<[unknown, number]>(
      `/* RefundRepository.markSucceeded */
       UPDATE refunds SET status = 'SUCCEEDED', provider_reference = $2, updated_at = now()
       WHERE payment_id = $1 AND status = 'PENDING'`,
      [paymentId, providerReference],
    );
    return changed > 0;
  }
}
