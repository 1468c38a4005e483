import type { Outbox } from '@shop/events/outbox';
import type { Transaction } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import { currentTraceparent } from '@shop/kit/telemetry';
import type { KeyClaim } from '../persistence/idempotency-key.repository';
import type { DueTime } from '../persistence/move-statement';
import type { OrderRow } from '../persistence/order.entity';
import type { OrderRepository } from '../persistence/order.repository';
import {
  columnsOf,
  type OrderState,
  type OrderStep,
  type OrderTransitionInput,
  stateOf,
} from '../state/order-state';
import { type Transition, transition } from '../state/order-transition';
import { countTransition } from './order-counters';
import { effectsOf } from './order-effects';

/** The result of a transition and the current order; null if it was deleted. */
export interface Recorded {
  kind: Transition['kind'];
  order: OrderRow | null;
}

/** A transition input, or a function that computes it from the order that was read. */
type InputSource = OrderTransitionInput | ((order: OrderRow) => OrderTransitionInput);

interface MoveOptions {
  /** If omitted, the statement commits by itself. */
  transaction?: Transaction;
  /** Gets what must run once after the commit of the transaction. */
  afterCommit?: (work: () => void) => void;
  claim?: KeyClaim | null;
  /** Runs once a connection is available; if it throws, nothing is written. */
  checkBefore?: () => void;
  /** Whether the caller runs the next step itself; default true. */
  isCallerAdvancing?: boolean;
}

interface RecorderParts {
  orders: OrderRepository;
  outbox: Outbox;
  timeToPaySeconds: number;
  /** An order with this step is due now; without `step`, orders of any step. */
  wakePoller: (step?: OrderStep) => void;
}

/** More version conflicts than concurrent requests for one order can cause. */
export const maximumTries = 20;

/**
 * Applies transitions to orders with optimistic locking. `transition` decides on the row that was
 * read; one statement writes the result if the row still has the same version. Otherwise the row is
 * read and decided again. The statement also writes the timeline, the event, the due time and the
 * idempotency key's outcome.
 */
export class OrderRecorder {
  constructor(private readonly parts: RecorderParts) {}

  /**
   * @param order as last read
   * @throws AppError upstream_unavailable after too many version conflicts
   */
  async record(order: OrderRow, source: InputSource, options: MoveOptions = {}): Promise<Recorded> {
    let current = order;
    for (let tries = 0; tries < maximumTries; tries += 1) {
      const input = typeof source === 'function' ? source(current) : source;
      const change = transition(stateOf(current), input);
      if (change.kind === 'unchanged' || change.kind === 'contradiction')
        return { kind: change.kind, order: current };
      if (change.kind === 'removed') {
        if (await this.parts.orders.removeDraft(stepOf(input), current))
          return { kind: 'removed', order: null };
      } else {
        const moved = await this.move(current, input, change.state, options);
        if (moved) return { kind: 'moved', order: moved };
      }
      const reread = await this.parts.orders.findById(order.id, options.transaction);
      if (!reread) return { kind: 'removed', order: null };
      current = reread;
    }
    throw changedTooOften();
  }

  /**
   * Writes one transition.
   *
   * @param to the state that `transition` returned
   * @returns null if nothing was written: the order changed since it was read, or the key was used
   */
  async move(
    order: OrderRow,
    input: OrderTransitionInput,
    to: OrderState,
    { claim = null, isCallerAdvancing = true, afterCommit, ...where }: MoveOptions,
  ): Promise<OrderRow | null> {
    const { orders, outbox, timeToPaySeconds, wakePoller } = this.parts;
    const { event, ...effects } = effectsOf(order, input, to);
    const deliveries = event ? outbox.deliveriesOf([event]) : '[]';
    const due = dueTimeOf(to.step, isCallerAdvancing);
    const move = {
      ...{ id: order.id, version: order.version, to: columnsOf(to), due, claim, ...effects },
      isOverdue: expiryConditionOf(input),
      placement: input.type === 'stock_reserved' ? { ...input.placement, timeToPaySeconds } : null,
      deliveries: deliveries === '[]' ? null : deliveries,
      traceparent: currentTraceparent() ?? null,
    };
    const moved = await orders.move(stepOf(input), move, where);
    if (!moved) return null;
    const count = () => countTransition(order, input, to, moved);
    if (where.transaction) {
      afterCommit?.(count);
      return moved;
    }
    count();
    if (move.deliveries) outbox.wake();
    if (typeof due === 'object' && due.inMs === 0) wakePoller(to.step);
    return moved;
  }

  /** Must be called after the commit of a transaction that changed orders. */
  wakeAfterCommit(): void {
    this.parts.outbox.wake();
    this.parts.wakePoller();
  }
}

function stepOf(input: OrderTransitionInput): string {
  return `order.${input.type}`;
}

/**
 * Whether the input assumes that the order has expired, which the write must confirm; null if
 * irrelevant.
 */
function expiryConditionOf(input: OrderTransitionInput): boolean | null {
  switch (input.type) {
    case 'payment_started':
    case 'time_passed':
      return input.isOverdue;
    case 'payment_failed':
      return input.retry?.isOverdue ?? null;
    default:
      return null;
  }
}

export function changedTooOften(): AppError {
  const message = 'Other requests changed the order at the same time. Repeat the request.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}

/**
 * Delay before the poller runs a step that a request has started: longer than the request's call to
 * the other service. Only the poller commits stock, in batches.
 */
const requestTimeMs: Record<Exclude<OrderStep, 'AWAITING_PAYMENT' | 'SETTLED' | 'CLOSED'>, number> = {
  RESERVING: 10_000,
  ABANDONING: 5_000,
  PAYING: 15_000,
  COMMITTING: 0,
  REFUNDING: 5_000,
  RELEASING: 5_000,
};

/** Delay before the poller runs the step of a draft. */
export const draftDueInMs = requestTimeMs.RESERVING;

/**
 * @param isCallerAdvancing the caller runs the next step itself; the poller runs it only if that
 *   fails
 */
export function dueTimeOf(step: OrderStep, isCallerAdvancing: boolean): DueTime {
  switch (step) {
    case 'AWAITING_PAYMENT':
      return 'at-expiry';
    case 'SETTLED':
    case 'CLOSED':
      return 'never';
    default:
      return { inMs: isCallerAdvancing ? requestTimeMs[step] : 0 };
  }
}
