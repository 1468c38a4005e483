import { requireTimeLeft } from '@shop/kit/deadline';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyKeyEntity } from '../persistence/idempotency-key.entity';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import type { OrderRow } from '../persistence/order-columns';
import { stateOf } from '../persistence/order-state-columns';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderAndKey, OrderRepository } from '../persistence/order.repository';
import type { OrderFact } from '../state/order-fact';
import type { ConflictOutcome, KeyedOperation, OrderOutcome } from '../state/order-outcome';
import { transition } from '../state/order-transition';
import { changedTooOften, type OrderRecorder } from '../steps/order-recorder';

/** Somebody wants something of an order that was placed. */
export interface OrderRequest<Conflict extends ConflictOutcome = ConflictOutcome> {
  orderId: string;
  userId: string;
  operation: KeyedOperation;
  /** Idempotency key, or null for a request without one. */
  key: string | null;
  hash: Buffer;
  /** What the key remembers from the beginning; null while it must be found out. */
  outcome: OrderOutcome | null;
  /** Whether the order exists for this user. */
  canSee: (order: PlacedOrder) => boolean;
  fact: (order: OrderRow) => OrderFact;
  /** Why the order's current step does not allow the transition. */
  conflict: (order: OrderRow) => Conflict;
}

/**
 * BEGUN: the fact is recorded, and the order is as it is since. EARLIER: the key was used before; its row, or null if
 * it was removed since. A conflict: the fact changes nothing about an order at this step.
 */
export type Begun<Conflict extends ConflictOutcome> =
  | { kind: 'BEGUN'; order: OrderRow }
  | { kind: 'EARLIER'; key: IdempotencyKeyEntity | null }
  | { kind: Conflict['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' };

/** Payments count theirs from 1: what becomes of those is never written to the key of a request that began nothing. */
const noAttempt = 0;
/** More losses in a row than concurrent requests for one order can cause. */
const maximumTries = 20;

/**
 * Lets requests begin: the key and the fact in one statement. A key remembers a conflict, too: its repeat must not do what
 * its client was told is not done.
 */
export class OrderRequests {
  constructor(
    private readonly parts: {
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      recorder: OrderRecorder;
    },
  ) {}

  /** @throws AppError upstream_unavailable when others kept changing the order */
  async begin<Conflict extends ConflictOutcome>(request: OrderRequest<Conflict>): Promise<Begun<Conflict>> {
    for (let tries = 0; tries < maximumTries; tries += 1) {
      const { order, key } = await this.find(request);
      if (key) return { kind: 'EARLIER', key };
      if (!order || !isPlaced(order) || !request.canSee(order)) return { kind: 'NOT_FOUND' };
      const fact = request.fact(order);
      const change = transition(stateOf(order), fact);
      if (change.kind !== 'moved') return this.refuse(request, order);
      const claim = claimOf(request);
      const options = { ...(claim && { claim }), checkBefore: requireTimeLeft };
      const moved = await this.parts.recorder.move(order, fact, change.state, options);
      if (moved) return { kind: 'BEGUN', order: moved };
      // The order changed since it was read, or somebody used the key: the next read shows which.
    }
    throw changedTooOften();
  }

  private async find({ orderId, userId, key }: OrderRequest): Promise<OrderAndKey> {
    const { orders, keys } = this.parts;
    if (key === null) return { order: isUuid(orderId) ? await orders.findById(orderId) : null, key: null };
    if (isUuid(orderId)) return orders.findWithKey(orderId, { userId, key });
    return { order: null, key: await keys.find({ userId, key }) };
  }

  private async refuse<Conflict extends ConflictOutcome>(
    request: OrderRequest<Conflict>,
    order: OrderRow & PlacedOrder,
  ): Promise<Begun<Conflict>> {
    const { keys } = this.parts;
    requireTimeLeft();
    const outcome = request.conflict(order);
    const claim = claimOf(request);
    const isClaimed =
      !claim || (await keys.insert({ ...claim, orderId: order.id, attempt: noAttempt, outcome }));
    return isClaimed ? { kind: outcome.kind, order } : { kind: 'EARLIER', key: await keys.find(claim) };
  }
}

function claimOf({ userId, key, operation, hash, outcome }: OrderRequest) {
  return key === null ? undefined : { userId, key, operation, requestHash: hash, outcome };
}
