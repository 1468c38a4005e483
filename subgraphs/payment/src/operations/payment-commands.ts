import { isUuid } from '@shop/kit/ids';
import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
  RecordNotFound,
} from '@shop/kit/operator';
import { PaymentRepository } from '../payment/payment.repository';
import { RefundRepository } from '../refund/refund.repository';
import { ManualSettlementService } from '../settlement/manual-settlement.service';
import { SettlementRepository } from '../settlement/settlement.repository';
import { openProviders } from './operator-providers';
import { listPayments } from './payment-list.repository';
import { paymentIdIn, readSettlementRequest, settlementRefusal } from './settlement-arguments';

const listOptions = {
  undecided: { type: 'boolean' },
  provider: { type: 'string' },
  order: { type: 'string' },
  limit: { type: 'string', default: '100' },
} as const;

/** `payments list|show|settle` of payment's operator program. */
export const paymentCommands: Readonly<Record<string, OperatorCommand>> = {
  'payments list': async ({ args, dataSource, print }) => {
    const { undecided, provider, order, limit } = parseOptions(args, listOptions);
    const filter = {
      ...(undecided ? { isUndecided: true as const } : {}),
      ...(provider ? { provider } : {}),
      ...(order ? { orderId: orderIdIn(order) } : {}),
    };
    for (const payment of await listPayments(await dataSource(), filter, parseLimit(limit)))
      await print(payment);
  },

  'payments show': async ({ args, dataSource, print }) => {
    const { positionals } = parseArguments(args, {});
    const paymentId = paymentIdIn(positionals, 'payments show <paymentId>');
    const source = await dataSource();
    const payment = await new PaymentRepository(source).findById(paymentId);
    if (!payment)
      throw new RecordNotFound(`No payment has the ID ${paymentId}: run \`npm run payments -- list\`.`);
    const settlement = await new SettlementRepository(source).findByPaymentId(paymentId);
    const refund = await new RefundRepository(source).findByPaymentId(paymentId);
    await print({ ...payment, refund, settlement });
  },

  'payments settle': async ({ args, dataSource, print }) => {
    const request = readSettlementRequest(args);
    const source = await dataSource();
    const service = new ManualSettlementService({
      dataSource: source,
      payments: new PaymentRepository(source),
      settlements: new SettlementRepository(source),
      findProvider: request.askedProvider ? openProviders(source) : () => Promise.resolve(undefined),
    });
    const result = await service.settle(request);
    if (result.kind !== 'SETTLED') throw settlementRefusal(request, result);
    const { id: paymentId, orderId, status, failureCode } = result.payment;
    await print({ paymentId, orderId, status, failureCode, reason: request.reason });
  },
};

function orderIdIn(value: string): string {
  const problem = `--order must be a UUID, got ${value}.`;
  if (!isUuid(value)) throw new OperatorError(problem);
  return value.toLowerCase();
}
