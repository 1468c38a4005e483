import { isUuid } from '@shop/kit/ids';
import { type OperatorCommand, OperatorError, parseArguments } from '@shop/kit/operator';
import { PaymentRepository } from '../payment/payment.repository';
import { RefundRepository } from '../refund/refund.repository';
import { SettlementRepository } from '../settlement/settlement.repository';

/**
 * `orders show` of payment's operator program: the payments of an order, newest first, each with its
 * refund and its manual settlement.
 */
export const orderCommands: Readonly<Record<string, OperatorCommand>> = {
  'orders show': async ({ args, dataSource, print }) => {
    const [orderId = '', ...more] = parseArguments(args, {}).positionals;
    if (!isUuid(orderId) || more.length > 0)
      throw new OperatorError(
        `Expected one order UUID, got ${args.join(' ') || 'nothing'}. Usage: orders show <orderId>`,
      );
    const source = await dataSource();
    const settlements = new SettlementRepository(source);
    const payments = await new PaymentRepository(source).findByOrderIds([orderId]);
    const refunds = await new RefundRepository(source).findByPaymentIds(payments.map(({ id }) => id));
    for (const payment of payments) {
      const refund = refunds.find(({ paymentId }) => paymentId === payment.id) ?? null;
      const settlement = await settlements.findByPaymentId(payment.id);
      // Without the payment method and the URL for the redirect, which are of the customer.
      const { paymentMethod: _method, returnUrl: _url, hasRefund: _known, ...shown } = payment;
      await print({ ...shown, refund, settlement });
    }
  },
};
