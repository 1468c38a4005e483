import { canSee, isAdmin } from '@shop/access';
import type { AuthenticatedViewer } from '@shop/kit/auth';
import {
  type ReplayableResult,
  first,
  replayed,
  requestHash,
  requireIdempotencyKey,
} from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyKeyRepository, OrderKey } from '../persistence/idempotency-key.repository';
import type { OrderRequests } from './order-requests';
import type { OrderSaga } from '../steps/order-saga';
import type { OrderStatus } from '../state/order-state';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';

export type CancelOrderResult =
  | { kind: 'CANCELLED'; order: PlacedOrder }
  | { kind: 'STATE_CONFLICT'; order: PlacedOrder }
  | { kind: 'NOT_FOUND' }
  | { kind: 'KEY_CONFLICT' };

export type UpdateOrderStatusResult =
  | { kind: 'UPDATED'; order: PlacedOrder }
  | Extract<CancelOrderResult, { kind: 'STATE_CONFLICT' | 'NOT_FOUND' }>;

interface CancelRequest {
  orderId: string;
  idempotencyKey: string | null;
}

/** Cancels orders. The owner can cancel an unpaid order, an ADMIN a paid one as well. */
export class CancelOrderService {
  constructor(
    private readonly parts: {
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      requests: OrderRequests;
      saga: OrderSaga;
    },
  ) {}

  /**
   * Cancels immediately. Stock is released and a payment refunded before the response if the other
   * services respond; otherwise the poller does it later.
   *
   * @throws AppError bad_request for an invalid key · idempotency_in_progress
   */
  async cancel(
    viewer: AuthenticatedViewer,
    request: CancelRequest,
  ): Promise<ReplayableResult<CancelOrderResult>> {
    requireIdempotencyKey(request.idempotencyKey);
    const orderId = request.orderId.toLowerCase();
    const hash = requestHash('cancelOrder', { orderId });
    const begun = await this.parts.requests.begin({
      ...{ orderId, userId: viewer.userId, operation: 'cancelOrder', key: request.idempotencyKey },
      ...{ requestHash: hash, result: { kind: 'CANCELLED' } },
      canSee: (order) => canSee(viewer, order.userId),
      input: () => ({ type: 'cancelled', by: isAdmin(viewer) ? 'ADMIN' : 'CUSTOMER' }),
      conflict: () => ({ kind: 'STATE_CONFLICT' as const }),
    });
    if (begun.kind === 'KEY_USED') return this.replay(begun.key, hash);
    if (begun.kind !== 'STARTED') return first(begun);
    const { order } = await this.parts.saga.advance(begun.order, {
      by: 'request',
      attempt: begun.order.attempt,
    });
    if (!order || !isPlaced(order))
      throw new Error(`order ${orderId} was placed and does not exist any more`);
    return first({ kind: 'CANCELLED', order });
  }

  /**
   * Sets the status for an ADMIN. Only CANCELLED can be set: payments determine CONFIRMED, and no
   * order returns to PENDING. Setting the current status has no effect.
   */
  async updateStatus(
    admin: AuthenticatedViewer,
    orderId: string,
    status: OrderStatus,
  ): Promise<UpdateOrderStatusResult> {
    const order = isUuid(orderId) ? await this.parts.orders.findById(orderId) : null;
    if (!order || !isPlaced(order)) return { kind: 'NOT_FOUND' };
    if (order.status === status) return { kind: 'UPDATED', order };
    if (status !== 'CANCELLED') return { kind: 'STATE_CONFLICT', order };
    const { answer: result } = await this.cancel(admin, { orderId, idempotencyKey: null });
    switch (result.kind) {
      case 'CANCELLED':
        return { kind: 'UPDATED', order: result.order };
      case 'STATE_CONFLICT':
      case 'NOT_FOUND':
        return result;
      case 'KEY_CONFLICT':
        throw new Error('unexpected KEY_CONFLICT for a request without an idempotency key');
      default:
        return result satisfies never;
    }
  }

  private async replay(key: OrderKey | null, hash: Buffer): Promise<ReplayableResult<CancelOrderResult>> {
    const earlier = await this.parts.keys.replay(key, hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    const kind = earlier.result.kind === 'STATE_CONFLICT' ? 'STATE_CONFLICT' : 'CANCELLED';
    return replayed({ kind, order: await this.parts.orders.getPlaced(earlier.orderId) });
  }
}
