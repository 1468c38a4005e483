import { inTransaction, type Transaction } from '@shop/kit/database';
import { requireTimeLeft } from '@shop/kit/deadline';
import { isUuid } from '@shop/kit/ids';
import type { DataSource } from 'typeorm';
import type { IdempotencyKeyEntity, KeyedOperation } from '../persistence/idempotency-key.entity';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import type { OrderFact } from '../state/order-fact';
import type { ConflictOutcome, OrderOutcome } from '../state/order-outcome';
import type { OrderRecorder } from '../steps/order-recorder';
import { stateOf } from '../persistence/order-state-columns';
import { transition } from '../state/order-transition';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { LockedOrder, OrderRepository } from '../persistence/order.repository';

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
  fact: (order: LockedOrder) => OrderFact;
  /** Why the order's current step does not allow the transition. */
  conflict: (order: LockedOrder) => Conflict;
}

/**
 * BEGUN: the fact is recorded, `attempt` is the order's from then on. EARLIER: the key was used before; its row, or null when
 * that went meanwhile. A conflict: the fact changes nothing about an order at this step.
 */
export type Begun<Conflict extends ConflictOutcome> =
  | { kind: 'BEGUN'; attempt: number }
  | { kind: 'EARLIER'; key: IdempotencyKeyEntity | null }
  | { kind: Conflict['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' };

/** Payments count theirs from 1: what becomes of those is never written to the key of a request that began nothing. */
const noAttempt = 0;

/**
 * Lets requests begin: the key and the fact in one transaction, under the order's row lock. A key remembers a conflict, too: its
 * repeat must not do what its client was told is not done.
 */
export class OrderRequests {
  constructor(
    private readonly parts: {
      dataSource: DataSource;
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      recorder: OrderRecorder;
    },
  ) {}

  begin<Conflict extends ConflictOutcome>(request: OrderRequest<Conflict>): Promise<Begun<Conflict>> {
    const { dataSource, orders, recorder } = this.parts;
    const { orderId } = request;
    return inTransaction(dataSource, async (transaction) => {
      const order = isUuid(orderId) ? await orders.lockById(transaction, orderId) : null;
      // Looked for under the lock: whoever uses the same key for this order at this moment has it first.
      const earlier = await this.findKey(transaction, request);
      if (earlier) return { kind: 'EARLIER', key: earlier };
      if (!order || !isPlaced(order) || !request.canSee(order)) return { kind: 'NOT_FOUND' };
      const fact = request.fact(order);
      const change = transition(stateOf(order), fact);
      requireTimeLeft();

      const conflict = request.conflict(order);
      const claim =
        change.kind === 'moved'
          ? { attempt: change.state.attempt, outcome: request.outcome }
          : { attempt: noAttempt, outcome: conflict };
      if (!(await this.claimKey(transaction, request, claim))) {
        return { kind: 'EARLIER', key: await this.findKey(transaction, request) };
      }
      if (change.kind !== 'moved') return { kind: conflict.kind, order };
      await recorder.recordLocked(transaction, order, fact);
      return { kind: 'BEGUN', attempt: claim.attempt };
    });
  }

  private async findKey(
    transaction: Transaction,
    { userId, key }: OrderRequest,
  ): Promise<IdempotencyKeyEntity | null> {
    return key === null ? null : this.parts.keys.find({ userId, key }, transaction);
  }

  /** @returns false when the key is used at this moment for another order: the two share no row lock */
  private async claimKey(
    transaction: Transaction,
    request: OrderRequest,
    claim: Pick<IdempotencyKeyEntity, 'attempt' | 'outcome'>,
  ): Promise<boolean> {
    const { userId, key, operation, hash, orderId } = request;
    if (key === null) return true;
    const claimed = { userId, key, operation, requestHash: hash, orderId, ...claim };
    return (await this.parts.keys.insert(transaction, claimed)) !== null;
  }
}
