import { isUuid } from '@shop/kit/ids';
import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
  RecordNotFound,
} from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { listRefunds, retryRefund, settleRefund } from '../refund/refund-operations';
import { RefundRepository } from '../refund/refund.repository';

const settleUsage = 'refunds settle <paymentId> --as succeeded --reason "…"';

/** `refunds list|retry|settle` of payment's operator program. */
export const refundCommands: Readonly<Record<string, OperatorCommand>> = {
  'refunds list': async ({ words, dataSource, print }) => {
    const options = { failed: { type: 'boolean', default: false }, limit: { type: 'string' } } as const;
    const values = parseOptions(words, options);
    const limit = values.limit === undefined ? {} : { limit: parseLimit(values.limit) };
    const filter = { isFailed: values.failed, ...limit };
    for (const refund of await listRefunds(await dataSource(), filter)) await print(refund);
  },

  'refunds retry': async ({ words, dataSource, print }) => {
    const paymentId = paymentIdIn(parseArguments(words, {}).positionals, 'refunds retry <paymentId>');
    if (!(await retryRefund(await dataSource(), paymentId))) throw notFailed(paymentId);
    await print({ paymentId, status: 'PENDING' });
  },

  'refunds settle': async ({ words, dataSource, print }) => {
    const options = {
      as: { type: 'string' },
      reason: { type: 'string' },
      unconfirmed: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArguments(words, options);
    const paymentId = paymentIdIn(positionals, settleUsage);
    const reason = values.reason?.trim();
    if (values.as !== 'succeeded')
      throw new OperatorError(`--as must be succeeded, got ${values.as || 'nothing'}. Usage: ${settleUsage}`);
    if (!reason || reason.length > 500 || reason.includes('\0'))
      throw new OperatorError('--reason must be 1 to 500 characters that say how the customer got the money');
    const source = await dataSource();
    if (!(await settleRefund(source, { paymentId, reason, isUnconfirmed: values.unconfirmed })))
      throw await notSettled(source, paymentId);
    await print({ paymentId, status: 'SUCCEEDED' });
  },
};

function paymentIdIn(words: readonly string[], usage: string): string {
  const [paymentId, ...more] = words;
  if (!paymentId || !isUuid(paymentId) || more.length > 0)
    throw new OperatorError(
      `Expected one payment UUID, got ${words.join(' ') || 'nothing'}. Usage: ${usage}`,
    );
  return paymentId.toLowerCase();
}

async function notSettled(dataSource: DataSource, paymentId: string): Promise<OperatorError> {
  const refund = await new RefundRepository(dataSource).findByPaymentId(paymentId);
  if (refund?.status !== 'FAILED') return notFailed(paymentId);
  return new OperatorError(
    `The refund of payment ${paymentId} failed without a definite answer (${refund.failureCode}), so the provider may have made it or may still make it. Run \`npm run refunds -- retry ${paymentId}\` first: it uses the same key, so nothing is paid twice. If the provider has confirmed that it makes no refund, use --unconfirmed. Nothing was changed.`,
  );
}

function notFailed(paymentId: string): RecordNotFound {
  return new RecordNotFound(`Payment ${paymentId} has no FAILED refund: run \`npm run refunds -- list\`.`);
}
