import { isUuid } from '@shop/kit/ids';
import { OperatorError, parseArguments, RecordNotFound } from '@shop/kit/operator';
import type { SettlementRequest, SettlementResult } from '../settlement/manual-settlement.service';

const usage = 'payments settle <paymentId> --as succeeded|failed --reason "…" [--without-provider]';

const options = {
  as: { type: 'string' },
  reason: { type: 'string' },
  'without-provider': { type: 'boolean', default: false },
} as const;

/** No control, format or unassigned characters and no line separators; at least one non-space. */
const printable = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** @throws OperatorError that names the missing or invalid argument */
export function readSettlementRequest(args: readonly string[]): SettlementRequest {
  const { values, positionals } = parseArguments(args, options);
  const paymentId = paymentIdIn(positionals, usage);
  const { as, reason } = values;
  if (as !== 'succeeded' && as !== 'failed')
    throw new OperatorError(`--as must be succeeded or failed, got ${as ?? 'nothing'}. Usage: ${usage}`);
  if (reason === undefined || !printable.test(reason))
    throw new OperatorError(
      `--reason must be 1 to 200 printable characters on one line, got ${reason === undefined ? 'nothing' : JSON.stringify(reason)}. Usage: ${usage}`,
    );
  return {
    paymentId,
    settledAs: as === 'succeeded' ? 'SUCCEEDED' : 'FAILED',
    reason: reason.trim(),
    askedProvider: !values['without-provider'],
  };
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

/** The reason why nothing was changed, and the remedy. */
export function settlementRefusal(
  { paymentId, settledAs }: SettlementRequest,
  result: Exclude<SettlementResult, { kind: 'SETTLED' }>,
): OperatorError {
  switch (result.kind) {
    case 'NOT_FOUND':
      return new RecordNotFound(`No payment has the ID ${paymentId}: run \`npm run payments -- list\`.`);
    case 'ALREADY_DECIDED': {
      const { status } = result.payment;
      const when = result.duringInquiry
        ? 'was decided by the service at the same time'
        : 'is already decided';
      return new OperatorError(`Payment ${paymentId} ${when}: it is ${status}. Nothing was changed.`);
    }
    case 'PROVIDER_DISAGREES': {
      const { payment, cause } = result;
      const message = `Payment ${paymentId} was not settled as ${settledAs}: ${reasonOf(result)}`;
      return new OperatorError(message.replaceAll('<provider>', payment.provider), { cause });
    }
    default:
      return result satisfies never;
  }
}

const overrule = 'use --without-provider to settle without calling it';

function reasonOf({ response, cause }: Extract<SettlementResult, { kind: 'PROVIDER_DISAGREES' }>): string {
  switch (response) {
    case 'succeeded':
      return '<provider> has charged it. Settle it with --as succeeded. To refund it, then cancel the order as an admin.';
    case 'declined':
    case 'cancelled':
      return `<provider> has charged nothing under its key (${response}) and never will. Settle it with --as failed; if it was paid by other means, ${overrule}.`;
    case 'not_found':
      return `<provider> has no charge for it. Settle it with --as failed; if it was paid by other means, ${overrule}.`;
    case 'not_configured':
      return `<provider> is not configured for this command, so it was not called. Set its keys (docs/operations.md), or ${overrule}.`;
    case 'no_answer':
      return `<provider> did not respond (${cause instanceof Error ? cause.message : 'no reason'}). Repeat the command later, or ${overrule}.`;
    default:
      return `<provider> has not decided it (${response}). Wait for its decision, or ${overrule}.`;
  }
}
