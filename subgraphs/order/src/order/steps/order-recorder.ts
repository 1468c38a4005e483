import { publishEvent } from '@shop/events/outbox';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { orderCreated, orderMoved } from '../../events/order-announcement';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';
import { keyEffectOf } from '../state/key-effect';
import type { OrderEventRepository } from '../persistence/order-event.repository';
import type { OrderFact } from '../state/order-fact';
import type { OrderItemRepository } from '../persistence/order-item.repository';
import type { Placement } from '../state/order-placement';
import { scheduleAdvance, unscheduleAdvance } from '../state/order-schedule';
import { type OrderState, statusOf } from '../state/order-state';
import { columnsOf, stateOf } from '../persistence/order-state-columns';
import { timelineMessage } from '../state/order-timeline';
import { type Transition, transition } from '../state/order-transition';
import type { LockedOrder, OrderRepository } from '../persistence/order.repository';

/** What recording a fact did to the order; `missing`: there is no such order. */
export type Recorded = Transition['kind'] | 'missing';

/** A fact, or one that depends on the order as it is under its lock. */
type FactSource = OrderFact | ((order: LockedOrder) => OrderFact);

interface RecorderParts {
  dataSource: DataSource;
  orders: OrderRepository;
  items: OrderItemRepository;
  events: OrderEventRepository;
  keys: IdempotencyKeyRepository;
  timeToPaySeconds: number;
}

/**
 * Records facts about orders. The state, the timeline, the event that tells of it, the job of the next step and what the
 * request's idempotency key remembers change in one transaction, under the order's row lock.
 */
export class OrderRecorder {
  constructor(private readonly parts: RecorderParts) {}

  record(orderId: string, fact: FactSource): Promise<Recorded> {
    return inTransaction(this.parts.dataSource, (transaction) => this.recordIn(transaction, orderId, fact));
  }

  async recordIn(transaction: Transaction, orderId: string, fact: FactSource): Promise<Recorded> {
    const order = await this.parts.orders.lockById(transaction, orderId);
    if (!order) return 'missing';
    return this.recordLocked(transaction, order, typeof fact === 'function' ? fact(order) : fact);
  }

  /** @param order as `lockById` gave it in this transaction */
  async recordLocked(transaction: Transaction, order: LockedOrder, fact: OrderFact): Promise<Recorded> {
    const change = transition(stateOf(order), fact);
    if (change.kind === 'unchanged' || change.kind === 'contradiction') return change.kind;
    nameStep(transaction, `order.${fact.type}`);
    if (change.kind === 'moved') await this.move(transaction, order, fact, change.state);
    else await this.remove(transaction, order.id);
    await this.remember(transaction, order.id, fact, change.kind === 'moved' ? change.state : undefined);
    return change.kind;
  }

  /** Adds an entry to the timeline and changes nothing else. Does nothing for a draft, which has no timeline. */
  async note(transaction: Transaction, orderId: string, message: string): Promise<void> {
    const order = await this.parts.orders.lockById(transaction, orderId);
    const status = order && statusOf(order.step);
    if (status) await this.parts.events.insert(transaction, { orderId, status, message });
  }

  /** Sets the order's job again after a run that could not finish the order. */
  async reschedule(orderId: string): Promise<void> {
    await inTransaction(this.parts.dataSource, async (transaction) => {
      const order = await this.parts.orders.lockById(transaction, orderId);
      if (order) await this.schedule(transaction, order, order.step);
    });
  }

  private async move(
    transaction: Transaction,
    order: LockedOrder,
    fact: OrderFact,
    to: OrderState,
  ): Promise<void> {
    const message = timelineMessage(fact, to);
    if (fact.type === 'stock_reserved') await this.place(transaction, order.id, fact.placement);
    else await this.saveState(transaction, order, to, message !== null);
    const status = statusOf(to.step);
    if (message !== null && status) {
      const sequence = await this.parts.events.insert(transaction, { orderId: order.id, status, message });
      const event =
        fact.type === 'stock_reserved'
          ? orderCreated(order, fact.placement, sequence)
          : orderMoved(order, to, sequence);
      if (event) await publishEvent(transaction, event);
    }
    await this.schedule(transaction, order, to.step);
  }

  private async saveState(transaction: Transaction, order: LockedOrder, to: OrderState, isNews: boolean) {
    const change = { id: order.id, from: order, to: columnsOf(to), isNews };
    if (!(await this.parts.orders.saveState(transaction, change))) {
      throw new Error('an order moved although its row was locked');
    }
  }

  private async place(transaction: Transaction, orderId: string, placement: Placement): Promise<void> {
    const { orders, items, timeToPaySeconds } = this.parts;
    const { currency, totalCents, lines } = placement;
    await orders.savePlacement(transaction, { id: orderId, currency, totalCents, timeToPaySeconds });
    await items.insertAll(
      transaction,
      lines.map((line, position) => ({ orderId, position, ...line })),
    );
  }

  private async remove(transaction: Transaction, orderId: string): Promise<void> {
    await this.parts.orders.removeDraft(transaction, orderId);
    await unscheduleAdvance(transaction, orderId);
  }

  private async schedule(
    transaction: Transaction,
    order: LockedOrder,
    step: OrderState['step'],
  ): Promise<void> {
    const msToExpiry = order.msToExpiry ?? this.parts.timeToPaySeconds * 1_000;
    await scheduleAdvance(transaction, { orderId: order.id, step, msToExpiry });
  }

  private async remember(
    transaction: Transaction,
    orderId: string,
    fact: OrderFact,
    to: OrderState | undefined,
  ): Promise<void> {
    const effect = keyEffectOf(fact, to);
    if (!effect) return;
    const { operation, attempt, outcome } = effect;
    if (outcome) await this.parts.keys.saveOutcome(transaction, { orderId, operation, attempt }, outcome);
    else await this.parts.keys.remove(transaction, { orderId, operation, attempt });
  }
}
