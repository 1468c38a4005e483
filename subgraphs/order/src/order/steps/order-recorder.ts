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
import type { TransitionInput } from '../state/transition-input';
import { type OrderState, type OrderStep, statusOf } from '../state/order-state';
import { timelineMessage } from '../state/order-timeline';
import { transition } from '../state/order-transition';

/** What an input did to an order, and the order afterwards; null if it was removed. */
export interface Recorded {
  kind: 'moved' | 'removed' | 'unchanged' | 'contradiction';
  order: OrderRow | null;
}

/** An input, or a function of the order as it was read. */
type FactSource = TransitionInput | ((order: OrderRow) => TransitionInput);

/** Where a change is written, and what is written with it. */
interface MoveOptions {
  /** Omitted for a statement that is committed by itself. */
  transaction?: Transaction;
  claim?: KeyClaim;
  /** Runs when the wait for a connection is over; if it throws, nothing is written. */
  checkBefore?: () => void;
  /** Whether the caller takes the next step itself; default true. */
  isTaken?: boolean;
}

interface RecorderParts {
  orders: OrderRepository;
  outbox: Outbox;
  timeToPaySeconds: number;
  /** An order at this step has work that is due at once; without a step, orders at any. */
  wakePoller: (step?: OrderStep) => void;
}

/** More losses in a row than concurrent requests for one order can cause. */
const maximumTries = 20;

/** From this attempt on an order can have more timeline entries than are shown. */
const attemptsOfLongTimeline = 10;

/**
 * Records inputs about orders. A change is decided on the row that was read, by `transition`, and written by one statement
 * that is refused if the row has another version by then; it is decided again on the row as it is then. With the state, the
 * statement writes the timeline, the event, the time of the next step and what the request's idempotency key remembers.
 */
export class OrderRecorder {
  constructor(private readonly parts: RecorderParts) {}

  /**
   * @param order as it was read last
   * @throws AppError upstream_unavailable when others kept changing the order
   */
  async record(order: OrderRow, source: FactSource, options: MoveOptions = {}): Promise<Recorded> {
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
   * Writes what an input does to the order.
   *
   * @param to the state that `transition` decided
   * @returns null when the order changed since it was read, or the claimed key is taken: nothing was written
   */
  async move(
    order: OrderRow,
    input: TransitionInput,
    to: OrderState,
    { claim, isTaken = true, ...where }: MoveOptions,
  ): Promise<OrderRow | null> {
    const { orders, outbox, wakePoller } = this.parts;
    const due = dueTimeOf(to.step, isTaken);
    const written = { due, claim: claim ?? null, keyEffect: keyEffectOf(input, to) ?? null };
    const move = { ...this.changeOf(order, input, to), ...this.newsOf(order, input, to), ...written };
    const moved = await orders.move(stepOf(input), move, where);
    if (!moved) return null;
    if (where.transaction) return moved;
    if (move.deliveries) outbox.wake();
    if (typeof due === 'object' && due.inMs === 0) wakePoller(to.step);
    return moved;
  }

  /** Call it after the commit of a transaction in which orders moved. */
  wakeAfterCommit(): void {
    this.parts.outbox.wake();
    this.parts.wakePoller();
  }

  private changeOf(order: OrderRow, input: TransitionInput, to: OrderState) {
    const { timeToPaySeconds } = this.parts;
    const placement = input.type === 'stock_reserved' ? { ...input.placement, timeToPaySeconds } : null;
    const { id, version } = order;
    return { id, version, to: columnsOf(to), isOverdue: expiryBehind(input), placement };
  }

  /** What the customer and other services learn of a change. */
  private newsOf(
    order: OrderRow,
    input: TransitionInput,
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

function stepOf(input: TransitionInput): string {
  return `order.${input.type}`;
}

/** What the input says of the order's expiry, which the write has to confirm; null if nothing depends on it. */
function expiryBehind(input: TransitionInput): boolean | null {
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
  const message = 'The order was changed by other requests at the same time: repeat the request.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}
