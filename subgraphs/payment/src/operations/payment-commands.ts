import { isUuid } from '@shop/kit/ids';
import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
} from '@shop/kit/operator';
import { PaymentRepository } from '../payment/payment.repository';
import { RefundRepository } from '../refund/refund.repository';
import { SettlementRepository } from '../settlement/settlement.repository';
import { limitOption, paymentIdIn, paymentNotFound } from './operator-arguments';
import { settlePayment } from './settle-payment';

/** `payments list|show|settle` of payment's operator program. */
export const paymentCommands: Readonly<Record<string, OperatorCommand>> = {
  'payments list': async ({ args, dataSource, print }) => {
    const { undecided, provider, order, limit } = parseOptions(args, {
      undecided: { type: 'boolean', default: false },
      provider: { type: 'string' },
      order: { type: 'string' },
      ...limitOption(),
    });
    const problem = `--order must be a UUID, got ${order}.`;
    if (order && !isUuid(order)) throw new OperatorError(problem);
    const filter = { isUndecided: undecided, provider: provider || null, orderId: order || null };
    const payments = new PaymentRepository(await dataSource());
    for (const payment of await payments.list(filter, parseLimit(limit))) await print(payment);
  },

  'payments show': async ({ args, dataSource, print }) => {
    const paymentId = paymentIdIn(parseArguments(args, {}).positionals, 'payments show <paymentId>');
    const source = await dataSource();
    const payment = await new PaymentRepository(source).findById(paymentId);
    if (!payment) throw paymentNotFound(paymentId);
    const settlement = await new SettlementRepository(source).findByPaymentId(paymentId);
    const refund = await new RefundRepository(source).findByPaymentId(paymentId);
    await print({ ...payment, refund, settlement });
  },

  'payments settle': settlePayment,
};
