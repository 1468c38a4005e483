/** One charge. Every call must send the same values: providers compare repeats of a key. */
export interface ChargeRequest {
  /** The provider's idempotency key: one charge per key. */
  key: string;
  orderId: string;
  /** Minor units. */
  amountCents: number;
  /** ISO 4217. */
  currency: string;
  /** The provider's payment method token; null: the provider chooses, or rejects. */
  method: string | null;
  /** When the key was created, by the database's clock: providers delete keys after a while. */
  openedAt: Date;
  /** The provider's ID of the charge, once it is known. */
  reference: string | null;
  /** Where the provider redirects the customer after authentication; null: no redirect. */
  returnUrl: string | null;
}

/** What the customer must do before the provider decides. */
export interface NextAction {
  /** The provider's type, for example use_stripe_sdk. */
  type: string;
  /** Completes the charge. For the customer only; must not be stored or logged. */
  clientSecret: string;
  /** The page that authenticates the customer; null if there is none. */
  redirectUrl: string | null;
}

/** `reference`: the provider's ID. All but `processing` and `requires_action` are final. */
export type ChargeState =
  | { state: 'succeeded'; reference: string }
  | { state: 'declined'; reference: string; failureCode: string }
  | { state: 'processing'; reference: string }
  /** The customer must authenticate; not charged yet. */
  | { state: 'requires_action'; reference: string; nextAction: NextAction }
  /** Closed: this key is never charged. `failureCode`: the provider can never make this charge. */
  | { state: 'cancelled'; reference: string; failureCode?: PermanentFailureCode };

export interface RefundRequest {
  /** The refund's own idempotency key. */
  key: string;
  /** The charge to refund in full. */
  charge: ChargeRequest;
}

/** `reference` is the provider's ID of the refund. A refund that succeeded can still fail later. */
export type RefundState =
  | { state: 'succeeded' | 'pending'; reference: string }
  /** Final: nothing will be refunded under this key. */
  | { state: 'failed'; reference: string; failureCode: string };

/** An unverified webhook request. Header names are in lower case. */
export interface WebhookDelivery {
  body: Buffer;
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * A verified event of the provider. It is only a hint that causes an inquiry, so it may arrive
 * late, repeatedly, out of order or never.
 */
export interface WebhookNotice {
  /** The provider's id of the event, the same in each delivery of it. */
  id: string;
  /** The provider's event type, for example payment_intent.succeeded. */
  type: string;
  /** The `key` of the charge; null if it does not belong to this shop. */
  chargeKey: string | null;
  occurredAt: Date;
}

/**
 * A payment service provider. Calls may hang: `withTimeLimit` ends them. After an error other than
 * ChargeRejected, the outcome is unknown. `test/provider-contract.ts` tests every adapter.
 */
export interface PaymentProvider {
  /** Stored with each payment, so that later calls use the same provider. */
  readonly name: string;
  /** A hash that identifies its credentials; undefined if it has none. */
  readonly credentialsFingerprint?: string | undefined;
  /**
   * Charges, or returns the state of the charge under this key.
   *
   * @throws ChargeRejected if this call charged nothing; ImpossibleCharge if no call ever can
   */
  charge(request: ChargeRequest): Promise<ChargeState>;
  /** The state under this key. After `not_found`, a call in flight may still charge. */
  inquire(request: ChargeRequest): Promise<ChargeState | { state: 'not_found' }>;
  /**
   * Closes the key unless it was charged. After that, neither a call in flight nor an
   * authentication charges under it. Never returns `requires_action`.
   */
  cancel(request: ChargeRequest): Promise<ChargeState>;
  /**
   * Refunds a succeeded charge, once per key, or returns the state of the refund under this key.
   *
   * @throws RefundRejected if the provider makes no refund under this key, now or later:
   *   `charge_not_found` if nothing was charged and nothing will be. Another error while the charge
   *   is undecided
   */
  refund(request: RefundRequest): Promise<RefundState>;
  /** The state under this key. After `not_found`, a call in flight may still create it. */
  inquireRefund(request: RefundRequest): Promise<RefundState | { state: 'not_found' }>;
  /**
   * @throws WebhookRejected if the signature is invalid, more than five minutes old or in the
   *   future, or the body is invalid
   */
  readWebhook(delivery: WebhookDelivery): WebhookNotice;
}

/** The provider with each call made by `wrap`. */
export function wrapCalls(
  provider: PaymentProvider,
  wrap: <Result>(call: () => Promise<Result>, name: string) => Promise<Result>,
): PaymentProvider {
  return {
    ...provider,
    charge: (request) => wrap(() => provider.charge(request), 'charge'),
    inquire: (request) => wrap(() => provider.inquire(request), 'inquire'),
    cancel: (request) => wrap(() => provider.cancel(request), 'cancel'),
    refund: (request) => wrap(() => provider.refund(request), 'refund'),
    inquireRefund: (request) => wrap(() => provider.inquireRefund(request), 'inquireRefund'),
  };
}

/**
 * This call charged nothing and created nothing. It says nothing about other calls with the same
 * key. `failureCode`, for example provider_unavailable, becomes that of the payment.
 */
export class ChargeRejected extends Error {
  override readonly name = 'ChargeRejected';
  /** What an operator must change; undefined if no operator is needed. */
  readonly remedy: string | undefined;

  constructor(
    readonly failureCode: string,
    message: string,
    options: RejectionOptions = {},
  ) {
    super(message, options);
    this.remedy = options.remedy;
  }
}

type RejectionOptions = ErrorOptions & { remedy?: string | undefined };

/**
 * Why a provider can never make a charge, whatever its payment method: the amount is outside the
 * provider's limits, or the provider does not charge in the currency.
 */
export const permanentFailureCodes = ['unpayable_amount', 'currency_not_supported'] as const;
export type PermanentFailureCode = (typeof permanentFailureCodes)[number];

/** The provider can never make this charge. Nothing is ever charged under its key. */
export class ImpossibleCharge extends ChargeRejected {
  declare readonly failureCode: PermanentFailureCode;

  constructor(failureCode: PermanentFailureCode, message: string, options?: RejectionOptions) {
    super(failureCode, message, options);
  }
}

/** No refund is made under this key. After any other error of `refund`, the outcome is unknown. */
export class RefundRejected extends Error {
  override readonly name = 'RefundRejected';

  constructor(
    readonly failureCode: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The provider did not respond in time; the call may still take effect. */
export class ProviderTimeout extends Error {
  override readonly name = 'ProviderTimeout';
}

/** The webhook is not authentic, outdated or invalid. */
export class WebhookRejected extends Error {
  override readonly name = 'WebhookRejected';
}
