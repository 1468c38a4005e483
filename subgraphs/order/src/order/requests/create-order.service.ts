import { isAdmin, type SignedInViewer } from '@shop/kit/auth';
import { inTransaction, nameStep } from '@shop/kit/database';
import { requireTimeLeft } from '@shop/kit/deadline';
import { AppError } from '@shop/kit/errors';
import { isIdempotencyKey, requestHash } from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import type { DataSource } from 'typeorm';
import type { IdempotencyKeyEntity } from '../persistence/idempotency-key.entity';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import { idempotencyKeyRule, type IdempotencyService, keyConflict } from './idempotency.service';
import { type Answered, first, replayed } from './answer';
import type { LimitReached, OpenOrderLimiter } from './open-order-limit';
import { type FieldProblem, type OrderLine, readOrderLines } from '../state/order-line';
import type { Refusal } from '../state/order-outcome';
import type { OrderSaga } from '../steps/order-saga';
import { scheduleAdvance } from '../state/order-schedule';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';

export interface CreateOrderRequest {
  items: readonly OrderLine[];
  idempotencyKey: string | null;
}

export type CreateOrderAnswer =
  | { kind: 'PLACED'; order: PlacedOrder }
  | Refusal
  | LimitReached
  | { kind: 'INVALID'; problems: FieldProblem[] }
  | { kind: 'KEY_CONFLICT' };

interface Draft {
  userId: string;
  isLimited: boolean;
  lines: OrderLine[];
  key: string | null;
  hash: Buffer;
}

type Opened =
  { kind: 'opened'; orderId: string } | { kind: 'earlier'; key: IdempotencyKeyEntity | null } | LimitReached;

/** Rolls back the transaction and the claim of the key, so that the key can be used again later. */
class LimitReachedError extends Error {
  constructor(readonly limit: LimitReached) {
    super(limit.kind);
  }
}

/** Places orders: all their stock held, or nothing done. */
export class CreateOrderService {
  constructor(
    private readonly parts: {
      dataSource: DataSource;
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      idempotency: IdempotencyService;
      saga: OrderSaga;
      limiter: OpenOrderLimiter;
    },
  ) {}

  /**
   * @throws AppError upstream_unavailable when it is not known whether the stock is held; a repeat with the same
   *   key finds out · idempotency_in_progress
   */
  async create(viewer: SignedInViewer, request: CreateOrderRequest): Promise<Answered<CreateOrderAnswer>> {
    const { lines, problems } = read(request);
    if (problems) return first({ kind: 'INVALID', problems });
    const productIds = lines.map((line) => line.productId).filter((id) => !isUuid(id));
    if (productIds.length > 0) return first({ kind: 'PRODUCTS_UNKNOWN', productIds });

    const hash = requestHash('createOrder', { lines });
    const { userId } = viewer;
    const opened = await this.openDraft({
      ...{ userId, lines, hash, key: request.idempotencyKey },
      isLimited: !isAdmin(viewer),
    });
    if (opened.kind === 'earlier') return this.replay(opened.key, hash);
    if (opened.kind !== 'opened') return first(opened);
    const finding = await this.parts.saga.advance(opened.orderId, { by: 'request', attempt: 0 });
    if (finding && isRefusal(finding)) return first(finding);
    return first(await this.placed(opened.orderId));
  }

  private async openDraft(draft: Draft): Promise<Opened> {
    try {
      return await this.insertDraft(draft);
    } catch (error) {
      if (error instanceof LimitReachedError) return error.limit;
      throw error;
    }
  }

  /** Inserts the key, the draft and its job in one transaction. @throws LimitReachedError */
  private insertDraft(draft: Draft): Promise<Opened> {
    const { keys, orders, dataSource, limiter } = this.parts;
    const { userId, key, lines, hash } = draft;
    return inTransaction(dataSource, async (transaction): Promise<Opened> => {
      // Here, because the wait for a connection is over.
      requireTimeLeft();
      let id: string | undefined;
      if (key !== null) {
        const claim = {
          userId,
          key,
          operation: 'createOrder',
          requestHash: hash,
          attempt: 0,
          outcome: null,
        } as const;
        const chosen = await keys.insert(transaction, claim);
        if (chosen === null) return { kind: 'earlier', key: await keys.find(claim, transaction) };
        id = chosen;
      }
      const reached = draft.isLimited && (await limiter.findReached(transaction, { userId, lines }));
      if (reached) throw new LimitReachedError(reached);
      const orderId = await orders.insertDraft(transaction, { userId, lines, ...(id ? { id } : {}) });
      await scheduleAdvance(transaction, { orderId, step: 'RESERVING', msToExpiry: 0 });
      nameStep(transaction, 'order.draft_opened');
      return { kind: 'opened', orderId };
    });
  }

  private async replay(key: IdempotencyKeyEntity | null, hash: Buffer): Promise<Answered<CreateOrderAnswer>> {
    const earlier = await this.parts.idempotency.replay(key, hash);
    if (earlier === keyConflict) return first({ kind: 'KEY_CONFLICT' });
    const { outcome, orderId } = earlier;
    return replayed(isRefusal(outcome) ? outcome : await this.placed(orderId));
  }

  private async placed(orderId: string): Promise<CreateOrderAnswer> {
    const order = await this.parts.orders.findById(orderId);
    if (order && isPlaced(order)) return { kind: 'PLACED', order };
    const message =
      'The stock could not be held just now: repeat the request, with the same idempotency key if it had one.';
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
