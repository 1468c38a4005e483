import { AppError } from '@shop/kit/errors';
import {
  type ReplayableResult,
  first,
  replayed,
  requestHash,
  requireIdempotencyKey,
} from '@shop/kit/idempotency';
import type { IdempotencyKeyRepository, OrderKey } from '../persistence/idempotency-key.repository';
import type { DeclinePolicy } from '../state/decline-policy';
import { notCharged } from './not-charged';
import type { ConflictOutcome, OrderOutcome, PayOutcome } from '../state/order-outcome';
import type { OrderRequests } from './order-requests';
import type { OrderSaga } from '../steps/order-saga';
import type { OrderRow } from '../persistence/order-columns';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import { isReturnUrl, maximumReturnUrlLength } from './return-url';
import type { StepOutcome } from '../steps/step-result';

export interface PayOrderRequest {
  orderId: string;
  paymentMethod: string | null;
  returnUrl: string | null;
  idempotencyKey: string | null;
}

export interface DeclinedAnswer {
  kind: 'DECLINED';
  paymentId: string;
  attempt: number;
  onDecline: DeclinePolicy['onDecline'];
  /** In its current status, after a later attempt perhaps. */
  order: PlacedOrder;
}

export type PayOrderAnswer =
  | (Exclude<PayOutcome, { kind: 'DECLINED' }> & { order: PlacedOrder })
  | DeclinedAnswer
  | { kind: ConflictOutcome['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' }
  | { kind: 'KEY_CONFLICT' };

const acceptablePaymentMethod = /^[\x21-\x7e]{1,100}$/;

/** Pays orders: one charge at most for each, and only for its owner. */
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
   * @throws AppError bad_request for an invalid key, payment method or return URL · upstream_unavailable when nothing was
   *   charged and the order can be paid again, or when it is not known yet; a repeat with the same key finds out ·
   *   idempotency_in_progress
   */
  async pay(userId: string, request: PayOrderRequest): Promise<ReplayableResult<PayOrderAnswer>> {
    const { orderId, paymentMethod, returnUrl, idempotencyKey: key } = readRequest(request);
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
    if (begun.kind === 'EARLIER') return this.replay(begun.key, hash);
    if (begun.kind !== 'BEGUN') return first(begun);
    const { attempt } = begun.order;
    const { order, outcome: stepOutcome } = await this.parts.saga.advance(begun.order, {
      by: 'request',
      attempt,
    });
    return first(await this.resultOf({ orderId, attempt }, stepOutcome, order));
  }

  private async resultOf(
    { orderId, attempt }: { orderId: string; attempt: number },
    stepOutcome: StepOutcome | undefined,
    row: OrderRow | null,
  ): Promise<PayOrderAnswer> {
    if (stepOutcome?.kind === 'NOT_CHARGED') throw notCharged(stepOutcome.failureCode);
    // Without an outcome, an event may have changed the order since it was read.
    const order = stepOutcome && row && isPlaced(row) ? row : await this.parts.orders.getPlaced(orderId);
    const outcome = isPayOutcome(stepOutcome) ? stepOutcome : paidMeanwhile(order, attempt);
    if (!outcome) throw notKnown();
    if (outcome.kind === 'PAID' && wasBought(order)) return { ...outcome, order };
    // An event may have been quicker than this answer, and an admin quicker still: what is remembered is what repeats are told.
    const operation = 'payOrder';
    const found: PayOutcome = outcome.kind === 'PAID' ? { ...outcome, kind: 'DECLINED' } : outcome;
    const remembered = await this.parts.keys.saveOutcome({ orderId, operation, attempt }, found);
    return this.answerOutcome({ orderId, attempt }, remembered ?? paidMeanwhile(order, attempt) ?? found);
  }

  private async replay(key: OrderKey | null, hash: Buffer): Promise<ReplayableResult<PayOrderAnswer>> {
    const earlier = await this.parts.keys.replay(key, hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    return replayed(await this.answerOutcome(earlier, earlier.result));
  }

  private async answerOutcome(
    { orderId, attempt }: { orderId: string; attempt: number },
    outcome: OrderOutcome,
  ): Promise<PayOrderAnswer> {
    const order = await this.parts.orders.getPlaced(orderId);
    if (outcome.kind === 'STATE_CONFLICT' || outcome.kind === 'TOO_MANY_ATTEMPTS')
      return { kind: outcome.kind, order };
    if (!isPayOutcome(outcome)) throw new Error('the key of a payment remembers something else');
    if (outcome.kind === 'NOT_POSSIBLE') return { ...outcome, order };
    const { paymentId } = outcome;
    const kind = outcome.kind === 'UNDECIDED' ? decisionOf(order, attempt) : outcome.kind;
    if (kind !== 'DECLINED') return { kind, paymentId, order };
    return { kind, paymentId, attempt, onDecline: this.parts.declinePolicy.onDecline, order };
  }
}

function readRequest(request: PayOrderRequest): PayOrderRequest {
  const { paymentMethod, returnUrl, idempotencyKey } = request;
  requireIdempotencyKey(idempotencyKey);
  if (paymentMethod !== null && !acceptablePaymentMethod.test(paymentMethod)) {
    throw new AppError(
      'bad_request',
      'paymentMethod is 1 to 100 printable ASCII characters without a space.',
    );
  }
  if (returnUrl !== null && !isReturnUrl(returnUrl)) {
    throw new AppError(
      'bad_request',
      `returnUrl must be an absolute https URL of at most ${maximumReturnUrlLength} printable ASCII characters, without a user name or password. Plain http is accepted for loopback hosts only.`,
    );
  }
  return { ...request, orderId: request.orderId.toLowerCase() };
}

/** Why a payment of this order could not start; an order that waits for one refuses it only for its earlier attempts. */
function conflictOf({ step, isOverdue }: OrderRow): ConflictOutcome {
  return { kind: step === 'AWAITING_PAYMENT' && !isOverdue ? 'TOO_MANY_ATTEMPTS' : 'STATE_CONFLICT' };
}

function isPayOutcome(stepOutcome: { kind: string } | undefined): stepOutcome is PayOutcome {
  return (
    stepOutcome !== undefined && ['PAID', 'DECLINED', 'NOT_POSSIBLE', 'UNDECIDED'].includes(stepOutcome.kind)
  );
}

/** False for a charge that came too late and is refunded. An order that an admin cancelled after it was paid was bought. */
function wasBought({ status, cancelReason, paymentId }: PlacedOrder): boolean {
  return status === 'CONFIRMED' || (cancelReason === 'ADMIN' && paymentId !== null);
}

/** The current outcome of an attempt that was answered as undecided. */
function decisionOf(order: PlacedOrder, attempt: number): 'PAID' | 'DECLINED' | 'UNDECIDED' {
  // A later attempt begins only after this one has failed; it does not say how.
  if (order.attempt !== attempt) return 'DECLINED';
  if (order.step === 'PAYING') return 'UNDECIDED';
  return wasBought(order) ? 'PAID' : 'DECLINED';
}

/** Found out by an event or the poller while the request had no answer, or none that is final. */
function paidMeanwhile(order: PlacedOrder, attempt: number): PayOutcome | undefined {
  const isPaid = order.status === 'CONFIRMED' && order.attempt === attempt && order.paymentId !== null;
  return isPaid ? { kind: 'PAID', paymentId: order.paymentId! } : undefined;
}

function notKnown(): AppError {
  const message =
    'It is not known yet what became of the payment: the order settles by itself; read it, or repeat with the same idempotency key.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 2 });
}
