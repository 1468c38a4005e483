import type { SubgraphContext } from '@shop/kit/service';
import type { ChargeService } from './charge/charge.service';
import type { NextActionService } from './charge/next-action.service';
import type { SimulatedAuthenticationService } from './charge/simulated-authentication.service';
import { createPaymentLoaders, type PaymentLoaders } from './payment/payment.loaders';
import type { RefundService } from './refund/refund.service';
import type { PaymentServices } from './services';

/** What the resolvers of this subgraph get. */
export interface PaymentContext extends SubgraphContext {
  charges: ChargeService;
  refunds: RefundService;
  nextActions: NextActionService;
  simulatedAuthentications: SimulatedAuthenticationService;
  /** Of this request and its viewer. */
  loaders: PaymentLoaders;
}

export function createContext(services: PaymentServices): (request: SubgraphContext) => PaymentContext {
  const { payments, charges, refunds, refundRows, nextActions, simulatedAuthentications } = services;
  return (request) => ({
    ...request,
    charges,
    refunds,
    nextActions,
    simulatedAuthentications,
    loaders: createPaymentLoaders({ payments, refunds: refundRows }, request.viewer),
  });
}
