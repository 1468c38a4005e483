import type { SubgraphContext } from '@shop/kit/service';
import type { ChargeService } from './charge/charge.service';
import { createNextActionLoader, type NextActionLoader } from './charge/next-action.service';
import type { SimulatedAuthenticationService } from './charge/simulated-authentication.service';
import { createPaymentLoaders, type PaymentLoaders } from './payment/payment.loaders';
import type { RefundService } from './refund/refund.service';
import type { PaymentServices } from './services';

/** The context of this subgraph's resolvers. */
export interface PaymentContext extends SubgraphContext {
  charges: ChargeService;
  refunds: RefundService;
  simulatedAuthentications: SimulatedAuthenticationService;
  /** Created per request, for its viewer. */
  loaders: PaymentLoaders & { nextAction: NextActionLoader };
}

export function createContext(services: PaymentServices): (request: SubgraphContext) => PaymentContext {
  const { payments, charges, refunds, refundRows, nextActions, simulatedAuthentications } = services;
  return (request) => ({
    ...request,
    charges,
    refunds,
    simulatedAuthentications,
    loaders: {
      ...createPaymentLoaders({ payments, refunds: refundRows }, request.viewer),
      nextAction: createNextActionLoader(nextActions, request.viewer),
    },
  });
}
