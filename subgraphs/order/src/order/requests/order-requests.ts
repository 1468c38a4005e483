import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import { isUuid } from '@shop/kit/ids';
import type {
  ConflictOutcome,
  IdempotencyKeyRepository,
  KeyClaim,
  OrderKey,
} from '../persistence/idempotency-key.repository';
import { type OrderRow, type PlacedOrder, isPlaced } from '../persistence/order.entity';
import { type OrderTransitionInput, stateOf } from '../state/order-state';
import type { OrderRepository } from '../persistence/order.repository';
import { transition } from '../state/order-transition';
import { type OrderRecorder, changedTooOften, maximumTries } from '../steps/order-recorder';

/** A request for a transition of a placed order. */
export interface OrderRequest<Conflict extends ConflictOutcome> extends Omit<KeyClaim, 'key'> {
  orderId: string;
  /** Idempotency key, or null for a request without one. */
  key: string | null;
  /** Whether the order exists for this user. */
  canSee: (order: PlacedOrder) => boolean;
  input: (order: OrderRow) => OrderTransitionInput;
  /** Why the order's current step does not allow the transition. */
  conflict: (order: OrderRow) => Conflict;
}

/**
 * STARTED: the transition is recorded. KEY_USED: an earlier request used the key; `key` is its row,
 * or null if it was deleted in the meantime. A conflict: the order's step does not allow the
 * transition.
 */
export type BeginResult<Conflict extends ConflictOutcome> =
  | { kind: 'STARTED'; order: OrderRow }
  | { kind: 'KEY_USED'; key: OrderKey | null }
  | { kind: Conflict['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' };

/**
 * Attempts count from 1, so the outcome of an attempt is never stored with the key of a conflict.
 */
const noAttempt = 0;

/**
 * Starts requests: claims the key and records the transition in one statement. A conflict is stored
 * with the key as well, so that a repeat does not do what the first response said was not done.
 */
export class OrderRequests {
  constructor(
    private readonly parts: {
      orders: OrderRepository;
      keys: IdempotencyKeyRepository;
      recorder: OrderRecorder;
    },
  ) {}

  /** @throws AppError upstream_unavailable after too many version conflicts */
  async begin<Conflict extends ConflictOutcome>(
    request: OrderRequest<Conflict>,
  ): Promise<BeginResult<Conflict>> {
    const { orders, keys, recorder } = this.parts;
    const { orderId } = request;
    const claim = claimOf(request);
    for (let tries = 0; tries < maximumTries; tries += 1) {
      const found = isUuid(orderId) ? await orders.findById(orderId) : null;
      const order = found && isPlaced(found) && request.canSee(found) ? found : null;
      if (order) {
        const input = request.input(order);
        const change = transition(stateOf(order), input);
        if (change.kind !== 'moved') return this.reject(order, request.conflict(order), claim);
        const options = { ...(claim && { claim }), checkBefore: assertDeadlineNotExceeded };
        const moved = await recorder.move(order, input, change.state, options);
        if (moved) return { kind: 'STARTED', order: moved };
        // The key was used before, or the order changed since it was read.
      }
      const key = claim && (await keys.find(claim));
      if (key) return { kind: 'KEY_USED', key };
      if (!order) return { kind: 'NOT_FOUND' };
    }
    throw changedTooOften();
  }

  private async reject<Conflict extends ConflictOutcome>(
    order: OrderRow & PlacedOrder,
    outcome: Conflict,
    claim: KeyClaim | null,
  ): Promise<BeginResult<Conflict>> {
    assertDeadlineNotExceeded();
    const { keys } = this.parts;
    const rejected = { orderId: order.id, attempt: noAttempt, result: outcome };
    const isClaimed = !claim || (await keys.claim({ ...claim, ...rejected }));
    return isClaimed ? { kind: outcome.kind, order } : { kind: 'KEY_USED', key: await keys.find(claim) };
  }
}

function claimOf(request: OrderRequest<ConflictOutcome>): KeyClaim | null {
  const { userId, key, operation, requestHash, result } = request;
  return key === null ? null : { userId, key, operation, requestHash, result };
}
