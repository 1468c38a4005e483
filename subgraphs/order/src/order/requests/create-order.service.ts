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
import { currentTrace, currentTraceparent } from '@shop/kit/telemetry';
import type { LimitReached, OpenOrderLimits, OrderRepository } from '../persistence/order.repository';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import type { OrderItemEntity, TimelineEntry } from '../persistence/order-details.repository';
import { type OrderLine, type PlacedOrder, isPlaced } from '../persistence/order.entity';
import { draftDueInMs } from '../steps/order-recorder';
import type { ReservationRejected } from '../../clients/product.client';
import { placedMessage } from '../steps/order-effects';
import type { OrderSaga } from '../steps/order-saga';

/** An invalid field of a request; `path` is its path in the input object. */
export interface FieldProblem {
  path: string;
  message: string;
}

export interface CreateOrderRequest {
  items: readonly OrderLine[];
  idempotencyKey: string | null;
}

export type CreateOrderResult =
  /** `written`: what was inserted with the order; absent if the order was placed earlier. */
  | { kind: 'PLACED'; order: PlacedOrder; written?: { items: OrderItemEntity[]; timeline: TimelineEntry[] } }
  | ReservationRejected
  | LimitReached
  | { kind: 'INVALID'; problems: FieldProblem[] }
  | { kind: 'KEY_CONFLICT' };

const maximumLines = 100;
const maximumQuantity = 999;

/** Places orders: reserves all of the stock, or changes nothing. */
export class CreateOrderService {
  constructor(
    private readonly parts: {
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

    const { orders, saga, limits } = this.parts;
    const { userId } = viewer;
    const { idempotencyKey: key } = request;
    const hash = requestHash('createOrder', { lines });
    const opened = await orders.openDraft({
      ...{ id: newIdFor(userId), userId, lines, key, requestHash: hash, dueInMs: draftDueInMs },
      traceparent: currentTraceparent() ?? null,
      limits: isAdmin(viewer) ? null : limits,
    });
    if (opened.kind === 'KEY_USED') return this.replay({ userId, key: key! }, hash);
    if (opened.kind !== 'OPENED') return first(opened);
    const { order, outcome } = await saga.advance(opened.draft, { by: 'request', attempt: 0 });
    if (outcome?.kind === 'PLACED' && order && isPlaced(order)) {
      const items = outcome.lines.map((line, position) => ({ orderId: order.id, position, ...line }));
      const traceId = currentTrace()?.traceId ?? null;
      const entry = { at: order.updatedAt, status: order.status, message: placedMessage, traceId };
      return first({ kind: 'PLACED', order, written: { items, timeline: [entry] } });
    }
    if (outcome && isRejection(outcome)) return first(outcome);
    return first(await this.placed(opened.draft.id));
  }

  private async replay(used: KeyOfUser, hash: Buffer): Promise<ReplayableResult<CreateOrderResult>> {
    const { keys } = this.parts;
    const earlier = await keys.replay(await keys.find(used), hash);
    if (!earlier) return first({ kind: 'KEY_CONFLICT' });
    const { result, orderId } = earlier;
    return replayed(isRejection(result) ? result : await this.placed(orderId));
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

function isRejection(outcome: { kind: string }): outcome is ReservationRejected {
  return ['OUT_OF_STOCK', 'PRODUCTS_UNKNOWN', 'CURRENCIES_MIXED'].includes(outcome.kind);
}

/**
 * Merges lines with the same product, at the position of the first. Returns `problems` for invalid
 * lines.
 */
export function readOrderLines(
  items: readonly OrderLine[],
): { lines: OrderLine[]; problems?: undefined } | { lines?: undefined; problems: FieldProblem[] } {
  if (items.length < 1 || items.length > maximumLines) {
    return {
      problems: [
        { path: 'items', message: `An order must have 1 to ${maximumLines} lines, got ${items.length}.` },
      ],
    };
  }
  const problems: FieldProblem[] = [];
  const lines = new Map<string, OrderLine>();
  items.forEach((item, index) => {
    const productId = item.productId.toLowerCase();
    const before = lines.get(productId)?.quantity ?? 0;
    const quantity = before + item.quantity;
    if (item.quantity < 1 || quantity > maximumQuantity) {
      problems.push({ path: `items.${index}.quantity`, message: quantityRule(before) });
    }
    lines.set(productId, { productId, quantity });
  });
  return problems.length > 0 ? { problems } : { lines: [...lines.values()] };
}

function quantityRule(before: number): string {
  const rule = `The quantity of a product must be 1 to ${maximumQuantity}`;
  return before > 0 ? `${rule} in all of its lines together.` : `${rule}.`;
}
