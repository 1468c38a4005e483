import { canSee } from '@shop/access';
import type { Viewer } from '@shop/kit/auth';
import { isUuid } from '@shop/kit/ids';
import DataLoader from 'dataloader';
import type { PaymentRepository, ReadPayment } from './payment.repository';

export interface PaymentLoaders {
  /** Null if it does not exist or the viewer may not see it. */
  byId: DataLoader<string, ReadPayment | null>;
  /** Newest first; empty if the viewer may not see them. */
  byOrderId: DataLoader<string, ReadPayment[]>;
}

/** Must be created per request. Each loader runs one statement. */
export function createPaymentLoaders(payments: PaymentRepository, viewer: Viewer): PaymentLoaders {
  const isVisible = (payment: ReadPayment) => canSee(viewer, payment.userId);
  return {
    byId: new DataLoader(async (ids) => {
      const found = await payments.findByIds(ids.filter(isUuid));
      const byId = new Map(found.filter(isVisible).map((payment) => [payment.id, payment]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }),
    byOrderId: new DataLoader(async (orderIds) => {
      const distinct = new Set(orderIds.filter(isUuid).map((id) => id.toLowerCase()));
      const found = await payments.findByOrderIds([...distinct]);
      const byOrderId = Map.groupBy(found.filter(isVisible), (payment) => payment.orderId);
      return orderIds.map((id) => byOrderId.get(id.toLowerCase()) ?? []);
    }),
  };
}
