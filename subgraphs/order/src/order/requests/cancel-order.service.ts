import { canSee, isAdmin, type AuthenticatedViewer } from '@shop/kit/auth';
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

export type CancelOrderAnswer =
  | { kind: 'CANCELLED'; order: PlacedOrder }
  | { kind: 'STATE_CONFLICT'; order: PlacedOrder }
  | { kind: 'NOT_FOUND' }
  | { kind: 'KEY_CONFLICT' };

export type UpdateOrderStatusAnswer =
  | { kind: 'UPDATED'; order: PlacedOrder }
  | Extract<CancelOrderAnswer, { kind: 'STATE_CONFLICT' | 'NOT_FOUND' }>;

interface CancelRequest {
  orderId: string;
  idempotencyKey: string | null;
}

/** Cancels orders: unpaid ones for their owner, paid ones too for an ADMIN. */
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
   * Cancelled at once; the stock, and what was paid, is given back before the answer when the services answer, soon
   * after it when they do not.
   *
   * @throws AppError bad_request for a key that is none · idempotency_in_progress
   */
  async cancel(
    viewer: AuthenticatedViewer,
    request: CancelRequest,
  ): Promise<ReplayableResult<CancelOrderAnswer>> {
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
    if (begun.kind === 'EARLIER') return this.replay(begun.key, hash);
    if (begun.kind !== 'BEGUN') return first(begun);
    const { order } = await this.parts.saga.advance(begun.order, {
      by: 'request',
      attempt: begun.order.attempt,
    });
    if (!order || !isPlaced(order)) throw new Error('an order that was placed is gone');
    return first({ kind: 'CANCELLED', order });
  }

  /**
   * An ADMIN's wish for a status. Money decides CONFIRMED and nothing goes back to PENDING, so all that can be done is to
   * cancel; a status that the order has already is as wanted.
   */
  async updateStatus(
    admin: AuthenticatedViewer,
    orderId: string,
    status: OrderStatus,
  ): Promise<UpdateOrderStatusAnswer> {
    const order = isUuid(orderId) ? await this.parts.orders.findById(orderId) : null;
    if (!order || !isPlaced(order)) return { kind: 'NOT_FOUND' };
    if (order.status === status) return { kind: 'UPDATED', order };
    if (status !== 'CANCELLED') return { kind: 'STATE_CONFLICT', order };
    const { answer } = await this.cancel(admin, { orderId, idempotencyKey: null });
    switch (answer.kind) {
      case 'CANCELLED':
        return { kind: 'UPDATED', order: answer.order };
      case 'STATE_CONFLICT':
      case 'NOT_FOUND':
        return answer;
      case 'KEY_CONFLICT':
        throw new Error('a request without a key has no conflict of keys');
      default:
        return answer satisfies never;
    }
  }

  private async replay(key: OrderKey | null, hash: Buffer): Promise<ReplayableResult<CancelOrderAnswer>> {
    const earlier = await this.parts.keys.replay(key, hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    const kind = earlier.result.kind === 'STATE_CONFLICT' ? 'STATE_CONFLICT' : 'CANCELLED';
    return replayed({ kind, order: await this.parts.orders.getPlaced(earlier.orderId) });
  }
}
