import { operatorOutbox } from '@shop/events/outbox';
import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
  RecordNotFound,
} from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { toRefundEvent } from '../events/payment-events';
import { PaymentRepository } from '../payment/payment.repository';
import { RefundRepository } from '../refund/refund.repository';
import { limitOption, paymentIdIn, paymentIdsIn, settleOptions } from './operator-arguments';

const settleUsage = 'refunds settle <paymentId> --as succeeded --reason "…"';

/** `refunds list|retry|settle` of payment's operator program. */
export const refundCommands: Readonly<Record<string, OperatorCommand>> = {
  'refunds list': async ({ args, dataSource, print }) => {
    const options = { failed: { type: 'boolean' }, ...limitOption() } as const;
    const { failed, limit } = parseOptions(args, options);
    const refunds = new RefundRepository(await dataSource());
    const statuses = failed ? (['FAILED'] as const) : (['PENDING', 'FAILED'] as const);
    for (const refund of await refunds.listUnfinished(statuses, parseLimit(limit))) await print(refund);
  },

  'refunds retry': async ({ args, dataSource, print }) => {
    const paymentIds = paymentIdsIn(parseArguments(args, {}).positionals, 'refunds retry <paymentId> …');
    const refunds = new RefundRepository(await dataSource());
    const others: string[] = [];
    for (const paymentId of paymentIds) {
      if (await refunds.retry(paymentId)) await print({ paymentId, status: 'PENDING' });
      else others.push(paymentId);
    }
    if (others.length > 0) throw notFailed(others.join(', '));
  },

  'refunds settle': async ({ args, dataSource, print }) => {
    const options = { ...settleOptions, unconfirmed: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArguments(args, options);
    const paymentId = paymentIdIn(positionals, settleUsage);
    const reason = values.reason?.trim();
    if (values.as !== 'succeeded')
      throw new OperatorError(`--as must be succeeded, got ${values.as || 'nothing'}. Usage: ${settleUsage}`);
    if (!reason || reason.length > 500 || reason.includes('\0'))
      throw new OperatorError(
        `--reason must be 1 to 500 characters that describe how the customer was refunded. Usage: ${settleUsage}`,
      );
    const source = await dataSource();
    if (!(await settleRefund(source, { paymentId, reason, isUnconfirmed: values.unconfirmed })))
      throw await notSettled(source, paymentId);
    await print({ paymentId, status: 'SUCCEEDED' });
  },
};

/**
 * Records that an operator has paid a FAILED refund by other means. Returns false if it is not
 * FAILED, or if the provider may still make it and `isUnconfirmed` is false.
 */
export async function settleRefund(
  dataSource: DataSource,
  settlement: { paymentId: string; reason: string; isUnconfirmed: boolean },
): Promise<boolean> {
  const { paymentId, reason, isUnconfirmed } = settlement;
  const refunds = new RefundRepository(dataSource);
  const refund = await refunds.findByPaymentId(paymentId);
  const payment = await new PaymentRepository(dataSource).findById(paymentId);
  if (!refund || !payment) return false;
  const deliveries = operatorOutbox.deliveriesOf([toRefundEvent(payment, refund.revision + 1)]);
  return refunds.settle(refund, { reason, isUnconfirmed, deliveries });
}

async function notSettled(dataSource: DataSource, paymentId: string): Promise<OperatorError> {
  const refund = await new RefundRepository(dataSource).findByPaymentId(paymentId);
  if (refund?.status !== 'FAILED') return notFailed(paymentId);
  return new OperatorError(
    `The refund of payment ${paymentId} failed without a definite response (${refund.failureCode}), so the provider may have made it or may still make it. Run \`npm run refunds -- retry ${paymentId}\` first: it uses the same key, so nothing is paid twice. If the provider has confirmed that it makes no refund, use --unconfirmed. Nothing was changed.`,
  );
}

function notFailed(paymentId: string): RecordNotFound {
  return new RecordNotFound(`No FAILED refund for payment ${paymentId}: run \`npm run refunds -- list\`.`);
}
