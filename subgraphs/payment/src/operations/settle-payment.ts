import { type OperatorCommand, OperatorError, parseArguments } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { PaymentRepository } from '../payment/payment.repository';
import { configuredProviders } from '../providers/configure-providers';
import type { PaymentProvider } from '../providers/payment-provider';
import {
  ManualSettlementService,
  type SettlementRequest,
  type SettlementResult,
} from '../settlement/manual-settlement.service';
import { SettlementRepository } from '../settlement/settlement.repository';
import { paymentIdIn, paymentNotFound, providerSettings, settleOptions } from './operator-arguments';
import { findCredentialsFingerprint } from './waiting-providers.repository';

const usage = 'payments settle <paymentId> --as succeeded|failed --reason "…" [--without-provider]';

/** Longer than in the service, where a customer waits. */
const providerTimeoutMs = 10_000;

/** The command `payments settle`. */
export const settlePayment: OperatorCommand = async ({ args, dataSource, print }) => {
  const request = readRequest(args);
  const source = await dataSource();
  const service = new ManualSettlementService({
    dataSource: source,
    payments: new PaymentRepository(source),
    settlements: new SettlementRepository(source),
    findProvider: request.askedProvider ? openProviders(source) : () => Promise.resolve(undefined),
  });
  const result = await service.settle(request);
  if (result.kind !== 'SETTLED') throw notSettled(request, result);
  const { id: paymentId, orderId, status, failureCode } = result.payment;
  await print({ paymentId, orderId, status, failureCode, reason: request.reason });
};

/** No control, format or unassigned characters and no line separators; at least one non-space. */
const printable = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** @throws OperatorError that names the missing or invalid argument */
function readRequest(args: readonly string[]): SettlementRequest {
  const options = { ...settleOptions, 'without-provider': { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArguments(args, options);
  const paymentId = paymentIdIn(positionals, usage);
  const { as, reason } = values;
  if (as !== 'succeeded' && as !== 'failed')
    throw new OperatorError(`--as must be succeeded or failed, got ${as ?? 'nothing'}. Usage: ${usage}`);
  if (reason === undefined || !printable.test(reason)) {
    const got = reason === undefined ? 'nothing' : JSON.stringify(reason);
    throw new OperatorError(
      `--reason must be 1 to 200 printable characters on one line, got ${got}. Usage: ${usage}`,
    );
  }
  return {
    paymentId,
    settledAs: as === 'succeeded' ? 'SUCCEEDED' : 'FAILED',
    reason: reason.trim(),
    askedProvider: !values['without-provider'],
  };
}

/**
 * Finds the providers that are configured for this command.
 *
 * @throws OperatorError for invalid settings; the returned function throws it for a provider whose
 *   credentials differ from those of the service
 */
function openProviders(dataSource: DataSource): (name: string) => Promise<PaymentProvider | undefined> {
  const providers = configuredProviders({ settings: providerSettings(), dataSource }, providerTimeoutMs);
  return async (searched) => {
    const provider = providers.find(({ name }) => name === searched);
    if (provider) await requireServiceCredentials(dataSource, provider);
    return provider;
  };
}

/** With another account, a key would be closed there and stay open in the service's account. */
async function requireServiceCredentials(
  dataSource: DataSource,
  { name, credentialsFingerprint }: PaymentProvider,
): Promise<void> {
  if (credentialsFingerprint === undefined) return;
  const ofService = await findCredentialsFingerprint(dataSource, name);
  if (ofService === credentialsFingerprint) return;
  const problem =
    ofService === null
      ? `The service has not stored which credentials of ${name} it uses, so those of this command may belong to another account: start the service with this version and with its settings of ${name}`
      : `The credentials of ${name} of this command differ from those of the service, so they may belong to another account or mode: run it with the service's`;
  throw new OperatorError(
    `${problem}, or use --without-provider to settle without calling it. Nothing was changed.`,
  );
}

/** The reason why nothing was changed, and the remedy. */
function notSettled(
  { paymentId, settledAs }: SettlementRequest,
  result: Exclude<SettlementResult, { kind: 'SETTLED' }>,
): OperatorError {
  switch (result.kind) {
    case 'NOT_FOUND':
      return paymentNotFound(paymentId);
    case 'ALREADY_DECIDED': {
      const when = result.duringInquiry
        ? 'was decided by the service at the same time'
        : 'is already decided';
      return new OperatorError(
        `Payment ${paymentId} ${when}: it is ${result.payment.status}. Nothing was changed.`,
      );
    }
    case 'PROVIDER_DISAGREES': {
      const { payment, cause } = result;
      const message = `Payment ${paymentId} was not settled as ${settledAs}: ${disagreement(result)}`;
      return new OperatorError(message.replaceAll('<provider>', payment.provider), { cause });
    }
    default:
      return result satisfies never;
  }
}

const overrule = 'use --without-provider to settle without calling it';

function disagreement({
  response,
  cause,
}: Extract<SettlementResult, { kind: 'PROVIDER_DISAGREES' }>): string {
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
    case 'no_response':
      return `<provider> did not respond (${cause instanceof Error ? cause.message : 'no reason'}). Repeat the command later, or ${overrule}.`;
    default:
      return `<provider> has not decided it (${response}). Wait for its decision, or ${overrule}.`;
  }
}
