import { canSee } from '@shop/access';
import type { Viewer } from '@shop/kit/auth';
import { isUuid } from '@shop/kit/ids';
import DataLoader from 'dataloader';
import type { Refund } from '../refund/refund.entity';
import type { RefundRepository } from '../refund/refund.repository';
import type { PaymentRepository, ReadPayment } from './payment.repository';

export interface PaymentLoaders {
  /** Null if it does not exist or the viewer may not see it. */
  byId: DataLoader<string, ReadPayment | null>;
  /** Newest first; empty if the viewer may not see them. */
  byOrderId: DataLoader<string, ReadPayment[]>;
  /** Checks no permission: must only be called for payments from the other loaders. */
  refundByPaymentId: DataLoader<string, Refund | null>;
}

/**
 * Must be created per request. Each loader runs one statement and returns only what the viewer may
 * see.
 */
export function createPaymentLoaders(
  { payments, refunds }: { payments: PaymentRepository; refunds: RefundRepository },
  viewer: Viewer,
): PaymentLoaders {
  const isVisible = (payment: ReadPayment) => canSee(viewer, payment.userId);
  return {
    byId: new DataLoader(async (ids) => {
      const found = await payments.findByIds(ids.filter(isUuid));
      const byId = new Map(found.filter(isVisible).map((payment) => [payment.id, payment]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }),
    byOrderId: new DataLoader(async (orderIds) => {
      const found = await payments.findByOrderIds([
        ...new Set(orderIds.filter(isUuid).map((id) => id.toLowerCase())),
      ]);
      const byOrderId = Map.groupBy(found.filter(isVisible), (payment) => payment.orderId);
      return orderIds.map((id) => byOrderId.get(id.toLowerCase()) ?? []);
    }),
    refundByPaymentId: new DataLoader(async (paymentIds) => {
      const found = await refunds.findByPaymentIds(paymentIds);
      const byPaymentId = new Map(found.map((refund) => [refund.paymentId, refund]));
      return paymentIds.map((id) => byPaymentId.get(id) ?? null);
    }),
  };
}
