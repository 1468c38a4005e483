import type { SubgraphContext } from '@shop/kit/service';
import { createNextActionLoader, type NextActionLoader } from './charge/next-action.service';
import { createPaymentLoaders, type PaymentLoaders } from './payment/payment.loaders';
import { createRefundLoader, type RefundLoader } from './refund/refund.service';
import type { PaymentServices } from './services';

/** The context of this subgraph's resolvers. */
export interface PaymentContext
  extends SubgraphContext, Pick<PaymentServices, 'charges' | 'refunds' | 'simulatedAuthentications'> {
  /** Created per request, for its viewer. */
  loaders: PaymentLoaders & { refundByPaymentId: RefundLoader; nextAction: NextActionLoader };
}

export function createContext(services: PaymentServices): (request: SubgraphContext) => PaymentContext {
  const { payments, charges, refunds, refundRows, nextActions, simulatedAuthentications } = services;
  return (request) => ({
    ...request,
    charges,
    refunds,
    simulatedAuthentications,
    loaders: {
      ...createPaymentLoaders(payments, request.viewer),
      refundByPaymentId: createRefundLoader(refundRows),
      nextAction: createNextActionLoader(nextActions, request.viewer),
    },
  });
}
