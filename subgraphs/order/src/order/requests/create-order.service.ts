import { isAdmin } from '@shop/access';
import type { AuthenticatedViewer } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import {
  type ReplayableResult,
  first,
  idempotencyKeyRule,
  isIdempotencyKey,
  type KeyOfUser,
  replayed,
  requestHash,
} from '@shop/kit/idempotency';
import { isUuid, newIdFor } from '@shop/kit/ids';
import type { DraftRepository } from '../persistence/draft.repository';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import type { OrderItemEntity } from '../persistence/order-item.entity';
import type { TimelineEntry } from '../persistence/order-event.entity';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import type { LimitReached, OpenOrderLimits } from '../state/open-order-limits';
import { draftDueInMs } from '../state/order-due';
import { type FieldProblem, type OrderLine, readOrderLines } from '../state/order-line';
import type { Refusal } from '../state/order-outcome';
import { placedMessage } from '../state/order-timeline';
import type { OrderSaga } from '../steps/order-saga';

export interface CreateOrderRequest {
  items: readonly OrderLine[];
  idempotencyKey: string | null;
}

export type CreateOrderResult =
  /** `written`: what was inserted with the order; absent if the order was placed earlier. */
  | { kind: 'PLACED'; order: PlacedOrder; written?: { items: OrderItemEntity[]; timeline: TimelineEntry[] } }
  | Refusal
  | LimitReached
  | { kind: 'INVALID'; problems: FieldProblem[] }
  | { kind: 'KEY_CONFLICT' };

/** Places orders: reserves all of the stock, or changes nothing. */
export class CreateOrderService {
  constructor(
    private readonly parts: {
      drafts: DraftRepository;
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      saga: OrderSaga;
      limits: OpenOrderLimits;
    },
  ) {}

  /**
   * @throws AppError upstream_unavailable if it is unknown whether the stock is reserved; a repeat
   *   with the same key returns the result · idempotency_in_progress
   */
  async create(
    viewer: AuthenticatedViewer,
    request: CreateOrderRequest,
  ): Promise<ReplayableResult<CreateOrderResult>> {
    const { lines, problems } = read(request);
    if (problems) return first({ kind: 'INVALID', problems });
    const productIds = lines.map((line) => line.productId).filter((id) => !isUuid(id));
    if (productIds.length > 0) return first({ kind: 'PRODUCTS_UNKNOWN', productIds });

    const { drafts, saga, limits } = this.parts;
    const { userId } = viewer;
    const { idempotencyKey: key } = request;
    const hash = requestHash('createOrder', { lines });
    const opened = await drafts.open({
      ...{ id: newIdFor(userId), userId, lines, key, requestHash: hash, dueInMs: draftDueInMs },
      limits: isAdmin(viewer) ? null : limits,
    });
    if (opened.kind === 'KEY_USED') return this.replay({ userId, key: key! }, hash);
    if (opened.kind !== 'OPENED') return first(opened);
    const { order, outcome } = await saga.advance(opened.draft, { by: 'request', attempt: 0 });
    if (outcome?.kind === 'PLACED' && order && isPlaced(order)) {
      const items = outcome.lines.map((line, position) => ({ orderId: order.id, position, ...line }));
      const entry = { at: order.updatedAt, status: order.status, message: placedMessage };
      return first({ kind: 'PLACED', order, written: { items, timeline: [entry] } });
    }
    if (outcome && isRefusal(outcome)) return first(outcome);
    return first(await this.placed(opened.draft.id));
  }

  private async replay(used: KeyOfUser, hash: Buffer): Promise<ReplayableResult<CreateOrderResult>> {
    const { keys } = this.parts;
    const earlier = await keys.replay(await keys.find(used), hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    const { result, orderId } = earlier;
    return replayed(isRefusal(result) ? result : await this.placed(orderId));
  }

  private async placed(orderId: string): Promise<CreateOrderResult> {
    const order = await this.parts.orders.findById(orderId);
    if (order && isPlaced(order)) return { kind: 'PLACED', order };
    const message =
      'The stock could not be reserved. Repeat the request, with the same idempotency key if it had one.';
    throw new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
  }
}

function read({ items, idempotencyKey }: CreateOrderRequest) {
  const { lines, problems = [] } = readOrderLines(items);
  const badKey = idempotencyKey !== null && !isIdempotencyKey(idempotencyKey);
  if (badKey) problems.push({ path: 'idempotencyKey', message: idempotencyKeyRule });
  return lines && !badKey ? { lines } : { problems };
}

function isRefusal(outcome: { kind: string }): outcome is Refusal {
  return ['OUT_OF_STOCK', 'PRODUCTS_UNKNOWN', 'CURRENCIES_MIXED'].includes(outcome.kind);
}
