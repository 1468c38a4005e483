import {
  type ChargeRequest,
  type ChargeState,
  ImpossibleCharge,
  type PaymentProvider,
  ChargeRejected,
  ProviderTimeout,
  RefundRejected,
  type RefundRequest,
  type RefundState,
  WebhookRejected,
} from '../payment-provider';
import type { SimulatorAuthentication } from './simulator-authentication';
import type {
  LedgerCharge,
  LedgerRefund,
  NewLedgerCharge,
  SimulatorLedgerRepository,
} from './simulator-ledger.repository';
import { behaviourByChance, behaviourOf, refundOf, type SimulatedBehaviour } from './simulator-methods';
import { readSimulatorWebhook } from './simulator-webhook';

export interface SimulatorOptions {
  ledger: SimulatorLedgerRepository;
  authentication: SimulatorAuthentication;
  /** Determines, with the order's ID, the outcome without a payment method. */
  seed: string;
  /** 0 to 1. */
  successRate: number;
  /** Signs its webhooks; without it, every webhook is rejected. */
  webhookSecret?: string | undefined;
}

/** Delays the webhook until the response to the call has most likely arrived. */
const announceAfterMs = 100;
/** Delays the webhook until the shop has responded that the payment is undecided. */
const announceAfterTimeoutMs = 500;

/** A payment provider for tests and development. The payment method selects its behaviour. */
export function createSimulator(options: SimulatorOptions): PaymentProvider {
  const { ledger, authentication, seed, successRate, webhookSecret } = options;

  async function find(request: ChargeRequest): Promise<LedgerCharge | null> {
    const charge = await ledger.findCharge(request.key);
    const isSame =
      !charge || (charge.amountCents === request.amountCents && charge.currency === request.currency);
    if (!isSame) throw new Error('simulator: the key was used for another amount or currency');
    return charge;
  }

  async function write(
    request: ChargeRequest,
    outcome: LedgerCharge['outcome'],
    details: Partial<NewLedgerCharge> = {},
  ): Promise<{ isNew: boolean; state: ChargeState }> {
    const entry = { outcome, failureCode: null, settlesAfterMs: 0, announceAfterMs, ...details };
    const inserted = await ledger.insertCharge(request, entry);
    const charge = inserted ?? (await find(request));
    if (!charge) throw new Error('simulator: charge not found in the ledger');
    return { isNew: inserted !== null, state: toState(request, charge) };
  }

  function toState({ key, method }: ChargeRequest, charge: LedgerCharge): ChargeState {
    const { reference, outcome, failureCode, isSettled } = charge;
    if (!isSettled) return { state: 'processing', reference };
    switch (outcome) {
      case 'declined':
        return { state: 'declined', reference, failureCode: failureCode ?? 'card_declined' };
      case 'requires_action': {
        const clientSecret = authentication.clientSecretOf(key);
        const nextAction = { type: 'simulated_authentication', clientSecret, redirectUrl: null };
        return { state: 'requires_action', reference, nextAction };
      }
      case 'cancelled': {
        const behaviour = method === null ? undefined : behaviourOf(method);
        return behaviour?.kind === 'not_possible'
          ? { state: outcome, reference, failureCode: behaviour.failureCode }
          : { state: outcome, reference };
      }
      default:
        return { state: outcome, reference };
    }
  }

  function behaviourFor({ method, orderId }: ChargeRequest): SimulatedBehaviour {
    const behaviour =
      method === null ? behaviourByChance({ seed, orderId, successRate }) : behaviourOf(method);
    if (!behaviour) throw new ChargeRejected('unknown_payment_method', 'simulator: no such payment method');
    return behaviour;
  }

  /** Closes an unused key first, so that it is not charged later. */
  async function rejectionWithoutCharge(request: ChargeRequest): Promise<Error> {
    const { state } = await write(request, 'cancelled');
    return state.state === 'cancelled' || state.state === 'declined'
      ? new RefundRejected('charge_not_found', 'simulator: nothing was charged under this key')
      : new Error(`simulator: the charge to refund is ${state.state}`);
  }

  return {
    name: 'simulator',

    async charge(request) {
      const behaviour = behaviourFor(request);
      switch (behaviour.kind) {
        case 'succeed': {
          const { settlesAfterMs } = behaviour;
          return (await write(request, 'succeeded', { settlesAfterMs })).state;
        }
        case 'decline':
          return (await write(request, 'declined', { failureCode: behaviour.failureCode })).state;
        case 'require_action':
          return (await write(request, 'requires_action')).state;
        case 'succeed_then_timeout': {
          const details = { announceAfterMs: announceAfterTimeoutMs };
          const { isNew, state } = await write(request, 'succeeded', details);
          if (isNew) throw new ProviderTimeout('simulator: the response was lost');
          return state;
        }
        case 'not_possible': {
          const { state } = await write(request, 'cancelled');
          if (state.state !== 'cancelled') return state;
          throw new ImpossibleCharge(behaviour.failureCode, 'simulator: no charge of this amount');
        }
        case 'unavailable':
          throw new ChargeRejected('provider_unavailable', 'simulator: connection refused');
        default:
          return behaviour satisfies never;
      }
    },

    async inquire(request) {
      const charge = await find(request);
      return charge ? toState(request, charge) : { state: 'not_found' };
    },

    async cancel(request) {
      const { state } = await write(request, 'cancelled');
      if (state.state !== 'requires_action') return state;
      await ledger.endAction(request.key, { outcome: 'cancelled', failureCode: null, announceAfterMs });
      return (await write(request, 'cancelled')).state;
    },

    async refund(request: RefundRequest) {
      const made = await ledger.insertRefund(request, refundOf(request.charge.method));
      if (made === 'nothing_charged') throw await rejectionWithoutCharge(request.charge);
      if (made === 'already_refunded')
        throw new RefundRejected('charge_already_refunded', 'simulator: another key refunded the charge');
      return toRefundState(made);
    },

    async inquireRefund({ key }) {
      const refund = await ledger.findRefund(key);
      return refund ? toRefundState(refund) : { state: 'not_found' };
    },

    readWebhook(delivery) {
      if (webhookSecret === undefined)
        throw new WebhookRejected('simulator: SIMULATOR_WEBHOOK_SECRET is not set');
      return readSimulatorWebhook(delivery, { secret: webhookSecret });
    },
  };
}

function toRefundState({ state, reference, failureCode }: LedgerRefund): RefundState {
  return state === 'failed'
    ? { state, reference, failureCode: failureCode ?? 'unknown' }
    : { state, reference };
}
