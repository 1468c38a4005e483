import { randomBytes } from 'node:crypto';
import { type StripeResponse, failed, invalid, missing, ok } from './responses';
import { chargeLimitError } from './charge-limits';
import { fieldsOf, type Form, textOf } from './form';
import { listOf, unixNow } from './list';
import { type CardOutcome, outcomeOf } from './payment-methods';

/** The fields of https://docs.stripe.com/api/charges/object that a confirmation sets. */
interface Charge {
  id: string;
  object: 'charge';
  status: 'succeeded' | 'failed';
  failure_code: string | null;
  outcome: { reason: string | null };
  created: number;
}

/** https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
type NextAction =
  | { type: 'use_stripe_sdk'; use_stripe_sdk: object }
  | { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } };

/** As much of https://docs.stripe.com/api/payment_intents/object as these calls fill. */
export interface PaymentIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  created: number;
  currency: string;
  metadata: Record<string, string>;
  client_secret: string;
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  next_action: NextAction | null;
  cancellation_reason: string | null;
  last_payment_error: {
    type: 'card_error' | 'invalid_request_error';
    code: string;
    decline_code?: string;
  } | null;
  latest_charge: Charge | null;
}

const newId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

/** The outcome of a refund; undefined: it succeeds immediately. */
export type RefundOutcome = Extract<CardOutcome, { kind: 'succeeds' }>['refund'];

/** The account's PaymentIntents, by https://docs.stripe.com/payments/paymentintents/lifecycle. */
export class PaymentIntents {
  readonly byId = new Map<string, PaymentIntent>();
  /** Currencies for which the account has activated no payment method. */
  readonly withoutPaymentMethods = new Set<string>();
  /** By intent ID; Stripe does not return it. */
  readonly refundOutcomes = new Map<string, RefundOutcome>();

  create(form: Form): StripeResponse {
    const amount = Number(textOf(form, 'amount'));
    const currency = textOf(form, 'currency') ?? '';
    const error = chargeLimitError(amount, currency);
    if (error) return error;
    if (this.withoutPaymentMethods.has(currency)) return noPaymentMethod;
    const id = newId('pi');
    const intent: PaymentIntent = {
      id,
      client_secret: newId(`${id}_secret`),
      next_action: null,
      object: 'payment_intent',
      amount,
      amount_received: 0,
      created: unixNow(),
      currency,
      metadata: fieldsOf(form, 'metadata'),
      status: 'requires_payment_method',
      cancellation_reason: null,
      last_payment_error: null,
      latest_charge: null,
    };
    this.byId.set(intent.id, intent);
    return ok(asShown(intent, form));
  }

  retrieve(id: string, form: Form): StripeResponse {
    const intent = this.byId.get(id);
    return intent ? ok(asShown(intent, form)) : missing(`payment_intent: '${id}'`, 'intent');
  }

  /** https://docs.stripe.com/api/payment_intents/list */
  list(form: Form): StripeResponse {
    const isExpanded = Object.values(fieldsOf(form, 'expand')).includes('data.latest_charge');
    const shown: Form = isExpanded ? { expand: { 0: 'latest_charge' } } : {};
    return listOf([...this.byId.values()], form, (intent) => asShown(intent, shown));
  }

  /** https://docs.stripe.com/search: only the one form of query that the adapter uses. */
  search(query: string): StripeResponse {
    const [, name = '', value] = /^metadata\['(\w+)'\]:'([^']+)'$/.exec(query) ?? [];
    const data = [...this.byId.values()]
      .filter(({ metadata }) => metadata[name] === value)
      .map((intent) => asShown(intent));
    return ok({ object: 'search_result', data, has_more: false, next_page: null });
  }

  confirm(id: string, form: Form): StripeResponse {
    const intent = this.byId.get(id);
    if (!intent) return missing(`payment_intent: '${id}'`, 'intent');
    const method = textOf(form, 'payment_method') ?? '';
    const outcome = outcomeOf(method);
    if (!outcome) return missing(`PaymentMethod: '${method}'`, 'payment_method');
    if (intent.status !== 'requires_payment_method') return unexpectedState(intent);
    switch (outcome.kind) {
      case 'succeeds':
        succeed(intent);
        this.refundOutcomes.set(intent.id, outcome.refund);
        return ok(asShown(intent, form));
      case 'processes':
        intent.status = 'processing';
        return ok(asShown(intent, form));
      case 'needs_authentication':
        return requireAction(intent, form);
      case 'already_used':
        return alreadyUsed;
      case 'declined':
        return decline(intent, outcome);
    }
  }

  /** https://docs.stripe.com/api/payment_intents/cancel */
  cancel(id: string, form: Form): StripeResponse {
    const intent = this.byId.get(id);
    if (!intent) return missing(`payment_intent: '${id}'`, 'intent');
    if (!['requires_payment_method', 'requires_action'].includes(intent.status))
      return unexpectedState(intent);
    // The last error "will be cleared if the PaymentIntent is later updated for any reason".
    Object.assign(intent, {
      status: 'canceled',
      next_action: null,
      cancellation_reason: textOf(form, 'cancellation_reason') ?? null,
      last_payment_error: null,
    });
    return ok(asShown(intent, form));
  }

  /**
   * Ends the authentication, as Stripe.js or the bank's page does; no effect unless the intent
   * requires an action. A failed authentication makes no charge:
   * https://docs.stripe.com/payments/3d-secure/authentication-flow,
   * https://docs.stripe.com/error-codes#payment-intent-authentication-failure
   */
  authenticate(clientSecret: string, end: 'succeeds' | 'fails'): void {
    const intent = [...this.byId.values()].find(({ client_secret: secret }) => secret === clientSecret);
    if (intent?.status !== 'requires_action') return;
    intent.next_action = null;
    if (end === 'succeeds') return succeed(intent);
    Object.assign(intent, {
      status: 'requires_payment_method',
      last_payment_error: { type: 'invalid_request_error', code: 'payment_intent_authentication_failure' },
    });
  }

  /** Asynchronous decisions of the bank. */
  finishProcessing(): void {
    for (const intent of this.byId.values()) if (intent.status === 'processing') succeed(intent);
  }
}

/** https://docs.stripe.com/api/expanding_objects: a charge is its ID unless it is expanded. */
function asShown(intent: PaymentIntent, form: Form = {}): object {
  const isExpanded = Object.values(fieldsOf(form, 'expand')).includes('latest_charge');
  return isExpanded ? intent : { ...intent, latest_charge: intent.latest_charge?.id ?? null };
}

/**
 * https://github.com/Automattic/woocommerce-payments/issues/323; it has neither `code` nor `param`.
 */
const alreadyUsed = invalid(
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
);

/** The error for `automatic_payment_methods`; it has neither `code` nor `param`. */
const noPaymentMethod = invalid(
  'No valid payment method types for this Payment Intent. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods).',
);

function succeed(intent: PaymentIntent): void {
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  intent.latest_charge = newCharge({ status: 'succeeded', failure_code: null, outcome: { reason: null } });
}

/**
 * https://docs.stripe.com/api/payment_intents/confirm: `return_url` redirects, `use_stripe_sdk`
 * leaves it to Stripe.js.
 */
function requireAction(intent: PaymentIntent, form: Form): StripeResponse {
  const returnUrl = textOf(form, 'return_url');
  if (returnUrl === undefined && textOf(form, 'use_stripe_sdk') !== 'true')
    return invalid('You must provide a `return_url` when confirming.', { param: 'return_url' });
  if (returnUrl !== undefined && !URL.canParse(returnUrl))
    return invalid('Not a valid URL', { code: 'url_invalid', param: 'return_url' });
  intent.status = 'requires_action';
  intent.next_action =
    returnUrl === undefined
      ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } }
      : {
          type: 'redirect_to_url',
          redirect_to_url: {
            // Real URLs contain the client secret as well.
            url: `https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=${intent.id}&payment_intent_client_secret=${intent.client_secret}`,
            return_url: returnUrl,
          },
        };
  return ok(asShown(intent, form));
}

function decline(
  intent: PaymentIntent,
  { code, declineCode }: { code: string; declineCode: string },
): StripeResponse {
  intent.last_payment_error = { type: 'card_error', code, decline_code: declineCode };
  intent.latest_charge = newCharge({
    status: 'failed',
    failure_code: code,
    outcome: { reason: declineCode },
  });
  return failed(402, {
    type: 'card_error',
    message: 'Your card was declined.',
    code,
    decline_code: declineCode,
    payment_intent: asShown(intent),
  });
}

function newCharge(charge: Pick<Charge, 'status' | 'failure_code' | 'outcome'>): Charge {
  return { id: newId('ch'), object: 'charge', created: unixNow(), ...charge };
}

function unexpectedState(intent: PaymentIntent): StripeResponse {
  return failed(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `This PaymentIntent has a status of ${intent.status}.`,
    payment_intent: asShown(intent),
  });
}
