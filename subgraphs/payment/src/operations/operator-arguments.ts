import { ConfigError } from '@shop/kit/config';
import { isUuid } from '@shop/kit/ids';
import { OperatorError, RecordNotFound } from '@shop/kit/operator';
import { loadProviderSettings } from '../config';

/** The options of commands that settle a payment or a refund. */
export const settleOptions = { as: { type: 'string' }, reason: { type: 'string' } } as const;

/** @param byDefault as a number of rows */
export function limitOption(byDefault = 100) {
  return { limit: { type: 'string', default: String(byDefault) } } as const;
}

/** @throws OperatorError unless the only argument is a UUID */
export function paymentIdIn(args: readonly string[], usage: string): string {
  const [paymentId, ...more] = args;
  if (!paymentId || !isUuid(paymentId) || more.length > 0)
    throw new OperatorError(`Expected one payment UUID, got ${args.join(' ') || 'nothing'}. Usage: ${usage}`);
  return paymentId.toLowerCase();
}

/** @throws OperatorError unless there are arguments and each is a UUID */
export function paymentIdsIn(args: readonly string[], usage: string): string[] {
  return (args.length > 0 ? args : ['']).map((id) => paymentIdIn([id], usage));
}

export function paymentNotFound(paymentId: string): RecordNotFound {
  return new RecordNotFound(`No payment has the ID ${paymentId}: run \`npm run payments -- list\`.`);
}

/** @throws OperatorError for missing or invalid settings of a provider */
export function providerSettings(): ReturnType<typeof loadProviderSettings> {
  try {
    return loadProviderSettings();
  } catch (cause) {
    throw cause instanceof ConfigError ? new OperatorError(cause.message, { cause }) : cause;
  }
}
