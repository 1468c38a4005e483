import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyKeyRepository, KeyClaim, OrderKey } from '../persistence/idempotency-key.repository';
import type { OrderRow } from '../persistence/order-columns';
import { stateOf } from '../persistence/order-state-columns';
import { isPlaced, type PlacedOrder } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import type { TransitionInput } from '../state/transition-input';
import type { ConflictOutcome } from '../state/order-outcome';
import { transition } from '../state/order-transition';
import { changedTooOften, type OrderRecorder } from '../steps/order-recorder';

/** Somebody wants something of an order that was placed. */
export interface OrderRequest<Conflict extends ConflictOutcome> extends Omit<KeyClaim, 'key'> {
  orderId: string;
  /** Idempotency key, or null for a request without one. */
  key: string | null;
  /** Whether the order exists for this user. */
  canSee: (order: PlacedOrder) => boolean;
  input: (order: OrderRow) => TransitionInput;
  /** Why the order's current step does not allow the transition. */
  conflict: (order: OrderRow) => Conflict;
}

/**
 * BEGUN: the input is recorded, and the order is as it is since. EARLIER: the key was used before; its row, or null if
 * it was removed since. A conflict: the input changes nothing about an order at this step.
 */
export type Begun<Conflict extends ConflictOutcome> =
  | { kind: 'BEGUN'; order: OrderRow }
  | { kind: 'EARLIER'; key: OrderKey | null }
  | { kind: Conflict['kind']; order: PlacedOrder }
  | { kind: 'NOT_FOUND' };

/** Payments count theirs from 1: what becomes of those is never written to the key of a request that began nothing. */
const noAttempt = 0;
/** More losses in a row than concurrent requests for one order can cause. */
const maximumTries = 20;

/**
 * Lets requests begin: the key and the input in one statement. A key remembers a conflict, too: its repeat must not do what
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
    const { orders, keys, recorder } = this.parts;
    const { orderId } = request;
    const claim = claimOf(request);
    for (let tries = 0; tries < maximumTries; tries += 1) {
      const found = isUuid(orderId) ? await orders.findById(orderId) : null;
      const order = found && isPlaced(found) && request.canSee(found) ? found : null;
      if (order) {
        const input = request.input(order);
        const change = transition(stateOf(order), input);
        if (change.kind !== 'moved') return this.refuse(order, request.conflict(order), claim);
        const options = { ...(claim && { claim }), checkBefore: assertDeadlineNotExceeded };
        const moved = await recorder.move(order, input, change.state, options);
        if (moved) return { kind: 'BEGUN', order: moved };
        // The key was used before, or the order changed since it was read.
      }
      const key = claim && (await keys.find(claim));
      if (key) return { kind: 'EARLIER', key };
      if (!order) return { kind: 'NOT_FOUND' };
    }
    throw changedTooOften();
  }

  private async refuse<Conflict extends ConflictOutcome>(
    order: OrderRow & PlacedOrder,
    outcome: Conflict,
    claim: KeyClaim | null,
  ): Promise<Begun<Conflict>> {
    assertDeadlineNotExceeded();
    const { keys } = this.parts;
    const refused = { orderId: order.id, attempt: noAttempt, result: outcome };
    const isClaimed = !claim || (await keys.claim({ ...claim, ...refused }));
    return isClaimed ? { kind: outcome.kind, order } : { kind: 'EARLIER', key: await keys.find(claim) };
  }
}

function claimOf(request: OrderRequest<ConflictOutcome>): KeyClaim | null {
  const { userId, key, operation, requestHash, result } = request;
  return key === null ? null : { userId, key, operation, requestHash, result };
}
