import { AppError } from '@shop/kit/errors';
import { type ReplayableResult, first, replayed, requestHash } from '@shop/kit/idempotency';
import type {
  ConflictOutcome,
  IdempotencyKeyRepository,
  OrderKey,
  OrderOutcome,
  PayOutcome,
} from '../persistence/idempotency-key.repository';
import type { OrderRequests } from './order-requests';
import { type PayOrderRequest, readPayOrderRequest } from './pay-order.request';
import type { OrderSaga } from '../steps/order-saga';
import { type OrderRow, type PlacedOrder, isPlaced } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import type { DeclinePolicy, StepOutcome } from '../steps/pay.step';

export interface DeclinedResult {
  kind: 'DECLINED';
  paymentId: string;
  attempt: number;
  onDecline: DeclinePolicy['onDecline'];
  /** In its current state, possibly after a later attempt. */
  order: PlacedOrder;
}

export type PayOrderResult =
  | (Exclude<PayOutcome, { kind: 'DECLINED' }> & { order: PlacedOrder })
  | DeclinedResult
  | { kind: ConflictOutcome['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' }
  | { kind: 'KEY_CONFLICT' };

/** Pays orders of their owner. An order is charged at most once. */
export class PayOrderService {
  constructor(
    private readonly parts: {
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      requests: OrderRequests;
      saga: OrderSaga;
      declinePolicy: DeclinePolicy;
    },
  ) {}

  /**
   * @throws AppError bad_request for an invalid key, payment method or return URL ·
   *   upstream_unavailable if nothing was charged and the order can be paid again, or if the
   *   outcome is unknown: a repeat with the same key returns it · idempotency_in_progress
   */
  async pay(userId: string, request: PayOrderRequest): Promise<ReplayableResult<PayOrderResult>> {
    const { orderId, paymentMethod, returnUrl, idempotencyKey: key } = readPayOrderRequest(request);
    // Omitted when null, so that keys used before return URLs existed remain valid.
    const hash = requestHash('payOrder', {
      orderId,
      paymentMethod,
      ...(returnUrl !== null && { returnUrl }),
    });
    const { maximumAttempts } = this.parts.declinePolicy;
    const begun = await this.parts.requests.begin({
      ...{ orderId, userId, operation: 'payOrder', key, requestHash: hash, result: null },
      canSee: (order) => order.userId === userId,
      input: ({ isOverdue }) => ({
        type: 'payment_started',
        paymentMethod,
        returnUrl,
        isOverdue,
        maximumAttempts,
      }),
      conflict: conflictOf,
    });
    if (begun.kind === 'KEY_USED') return this.replay(begun.key, hash);
    if (begun.kind !== 'STARTED') return first(begun);
    const { attempt } = begun.order;
    const { order, outcome } = await this.parts.saga.advance(begun.order, { by: 'request', attempt });
    return first(await this.toStepResponse({ orderId, attempt }, outcome, order));
  }

  private async toStepResponse(
    { orderId, attempt }: { orderId: string; attempt: number },
    stepOutcome: StepOutcome | undefined,
    row: OrderRow | null,
  ): Promise<PayOrderResult> {
    if (stepOutcome?.kind === 'NOT_CHARGED') throw notCharged(stepOutcome.failureCode);
    // Without an outcome of the step, an event may have changed the order since it was read.
    const order = stepOutcome && row && isPlaced(row) ? row : await this.parts.orders.getPlaced(orderId);
    const outcome = isPayOutcome(stepOutcome) ? stepOutcome : paidConcurrently(order, attempt);
    if (!outcome) throw outcomeUnknown();
    if (outcome.kind === 'PAID' && wasBought(order)) return { ...outcome, order };
    // An event or an ADMIN may have changed the order first: return what a repeat returns.
    const operation = 'payOrder';
    const found: PayOutcome = outcome.kind === 'PAID' ? { ...outcome, kind: 'DECLINED' } : outcome;
    const stored = await this.parts.keys.saveOutcome({ orderId, operation, attempt }, found);
    return this.toResult({ orderId, attempt }, stored ?? paidConcurrently(order, attempt) ?? found);
  }

  private async replay(key: OrderKey | null, hash: Buffer): Promise<ReplayableResult<PayOrderResult>> {
    const earlier = await this.parts.keys.replay(key, hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    return replayed(await this.toResult(earlier, earlier.result));
  }

  private async toResult(
    { orderId, attempt }: { orderId: string; attempt: number },
    outcome: OrderOutcome,
  ): Promise<PayOrderResult> {
    const order = await this.parts.orders.getPlaced(orderId);
    if (outcome.kind === 'STATE_CONFLICT' || outcome.kind === 'TOO_MANY_ATTEMPTS')
      return { kind: outcome.kind, order };
    if (!isPayOutcome(outcome))
      throw new Error(`the key of a payOrder request has the outcome ${outcome.kind}`);
    if (outcome.kind === 'NOT_POSSIBLE') return { ...outcome, order };
    const { paymentId } = outcome;
    const kind = outcome.kind === 'UNDECIDED' ? decisionOf(order, attempt) : outcome.kind;
    if (kind !== 'DECLINED') return { kind, paymentId, order };
    return { kind, paymentId, attempt, onDecline: this.parts.declinePolicy.onDecline, order };
  }
}

/**
 * Why a payment could not start. In AWAITING_PAYMENT, the attempts are the only reason except
 * expiry.
 */
function conflictOf({ step, isOverdue }: OrderRow): ConflictOutcome {
  return { kind: step === 'AWAITING_PAYMENT' && !isOverdue ? 'TOO_MANY_ATTEMPTS' : 'STATE_CONFLICT' };
}

function isPayOutcome(outcome: { kind: string } | undefined): outcome is PayOutcome {
  return outcome !== undefined && ['PAID', 'DECLINED', 'NOT_POSSIBLE', 'UNDECIDED'].includes(outcome.kind);
}

/**
 * False for a late charge, which is refunded. True for a paid order that an ADMIN cancelled later.
 */
function wasBought({ status, cancelReason, paymentId }: PlacedOrder): boolean {
  return status === 'CONFIRMED' || (cancelReason === 'ADMIN' && paymentId !== null);
}

/** The current outcome of an attempt whose response was UNDECIDED. */
function decisionOf(order: PlacedOrder, attempt: number): 'PAID' | 'DECLINED' | 'UNDECIDED' {
  // A later attempt starts only after this one has failed.
  if (order.attempt !== attempt) return 'DECLINED';
  if (order.step === 'PAYING') return 'UNDECIDED';
  return wasBought(order) ? 'PAID' : 'DECLINED';
}

/** An event or the poller recorded the payment before this request had a final result. */
function paidConcurrently(order: PlacedOrder, attempt: number): PayOutcome | undefined {
  const isPaid = order.status === 'CONFIRMED' && order.attempt === attempt && order.paymentId !== null;
  return isPaid ? { kind: 'PAID', paymentId: order.paymentId! } : undefined;
}

function outcomeUnknown(): AppError {
  const message =
    'The outcome of the payment is not known yet. Read the order, or repeat the request with the same idempotency key.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 2 });
}

/** What the client must change, by the failure code of an attempt that was not sent. */
const clientErrors = new Map<string | null, string>([
  ['unknown_payment_method', 'The provider does not know this paymentMethod.'],
  [
    'payment_method_already_used',
    'paymentMethod was used before and cannot be used again: create a new PaymentMethod and pay with it.',
  ],
  [
    'invalid_return_url',
    'The provider rejects the returnUrl, or requires one: pay with an https returnUrl that the customer can open.',
  ],
]);

/** The error of an attempt that the payment subgraph did not send, by its failure code. */
export function notCharged(failureCode: string | null): AppError {
  const clientError = clientErrors.get(failureCode);
  if (clientError !== undefined) return new AppError('bad_request', `${clientError} Nothing was charged.`);
  const message = 'The payment could not be sent. Nothing was charged, and the order can be paid again.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}
