import type { Outbox } from '@shop/events/outbox';
import type { Transaction } from '@shop/kit/database';
import { AppError } from '@shop/kit/errors';
import { orderCreated, orderMoved } from '../../events/order-announcement';
import { columnsOf, stateOf } from '../persistence/order-state-columns';
import type { KeyClaim } from '../persistence/idempotency-key.repository';
import type { OrderMove } from '../persistence/move-statement';
import type { OrderRow } from '../persistence/order-columns';
import type { OrderRepository } from '../persistence/order.repository';
import { keyEffectOf } from '../state/key-effect';
import { dueTimeOf } from '../state/order-due';
import type { OrderTransitionInput } from '../state/order-transition-input';
import { type OrderState, type OrderStep, statusOf } from '../state/order-state';
import { timelineMessage } from '../state/order-timeline';
import { transition } from '../state/order-transition';

/** The result of a transition and the current order; null if it was deleted. */
export interface Recorded {
  kind: 'moved' | 'removed' | 'unchanged' | 'contradiction';
  order: OrderRow | null;
}

/** A transition input, or a function that computes it from the order that was read. */
type InputSource = OrderTransitionInput | ((order: OrderRow) => OrderTransitionInput);

interface MoveOptions {
  /** If omitted, the statement commits by itself. */
  transaction?: Transaction;
  claim?: KeyClaim;
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
const maximumTries = 20;

/** From this attempt on, a timeline can exceed its maximum length. */
const attemptsOfLongTimeline = 10;

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
    { claim, isCallerAdvancing = true, ...where }: MoveOptions,
  ): Promise<OrderRow | null> {
    const { orders, outbox, wakePoller } = this.parts;
    const due = dueTimeOf(to.step, isCallerAdvancing);
    const written = { due, claim: claim ?? null, keyEffect: keyEffectOf(input, to) ?? null };
    const move = {
      ...this.changeOf(order, input, to),
      ...this.publishedChangeOf(order, input, to),
      ...written,
    };
    const moved = await orders.move(stepOf(input), move, where);
    if (!moved) return null;
    if (where.transaction) return moved;
    if (move.deliveries) outbox.wake();
    if (typeof due === 'object' && due.inMs === 0) wakePoller(to.step);
    return moved;
  }

  /** Must be called after the commit of a transaction that changed orders. */
  wakeAfterCommit(): void {
    this.parts.outbox.wake();
    this.parts.wakePoller();
  }

  private changeOf(order: OrderRow, input: OrderTransitionInput, to: OrderState) {
    const { timeToPaySeconds } = this.parts;
    const placement = input.type === 'stock_reserved' ? { ...input.placement, timeToPaySeconds } : null;
    const { id, version } = order;
    return { id, version, to: columnsOf(to), isOverdue: expiryConditionOf(input), placement };
  }

  /** The timeline entry and the events of a change. */
  private publishedChangeOf(
    order: OrderRow,
    input: OrderTransitionInput,
    to: OrderState,
  ): Pick<OrderMove, 'entry' | 'deliveries'> {
    const message = timelineMessage(input, to);
    const status = statusOf(to.step);
    if (message === null || !status) return { entry: null, deliveries: null };
    const event =
      input.type === 'stock_reserved' ? orderCreated(order, input.placement) : orderMoved(order, to);
    const deliveries = event ? this.parts.outbox.deliveriesOf([event]) : '[]';
    const isLong = to.attempt >= attemptsOfLongTimeline || status === 'CANCELLED';
    return { entry: { message, isLong }, deliveries: deliveries === '[]' ? null : deliveries };
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
