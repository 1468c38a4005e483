import { columnList } from '@shop/kit/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CancelReason, OrderStatus, OrderStep } from '../state/order-state';

/** A requested product and its quantity. */
export interface OrderLine {
  productId: string;
  quantity: number;
}

/**
 * A row of `orders`. A draft has the requested lines, but no status, currency, total or expiry. The
 * lines of a placed order are rows of `order_items`.
 */
@Entity('orders')
export class OrderEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;

  @Column({ type: 'text' })
  step: OrderStep;

  /** Generated from `step`. */
  @Column({ type: 'text', nullable: true, insert: false, update: false })
  status: OrderStatus | null;

  @Column({ type: 'integer' })
  attempt: number;

  /** Attempts that did not reach the payment subgraph; 0 once the order cannot be paid any more. */
  @Column({ type: 'integer', name: 'unreached_attempts' })
  unreachableAttempts: number;

  @Column({ type: 'boolean', name: 'attempt_resumed' })
  attemptResumed: boolean;

  @Column({ type: 'text', name: 'payment_method', nullable: true })
  paymentMethod: string | null;

  /** Where the provider redirects the customer after authentication; set only during PAYING. */
  @Column({ type: 'text', name: 'return_url', nullable: true })
  returnUrl: string | null;

  @Column({ type: 'uuid', name: 'payment_id', nullable: true })
  paymentId: string | null;

  @Column({ type: 'text', name: 'cancel_reason', nullable: true })
  cancelReason: CancelReason | null;

  /** The revision of the refund of `paymentId` that the timeline shows; 0 without a refund. */
  @Column({ type: 'integer', name: 'refund_revision' })
  refundRevision: number;

  @Column({ type: 'jsonb', name: 'draft_lines', nullable: true })
  draftLines: OrderLine[] | null;

  @Column({ type: 'text', nullable: true })
  currency: string | null;

  @Column({ type: 'bigint', name: 'total_cents', nullable: true })
  totalCents: number | null;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  /** When the public state last changed. */
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;

  /** The W3C `traceparent` of the last request or event that changed it; null without a trace. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  /** Incremented by each state change; a write that expects another version has no effect. */
  @Column({ type: 'integer' })
  version: number;
}

/** An order that is visible to its customer: not a draft. */
export type PlacedOrder = OrderEntity & {
  status: OrderStatus;
  currency: string;
  totalCents: number;
  expiresAt: Date;
};

export function isPlaced<Order extends OrderEntity>(order: Order): order is Order & PlacedOrder {
  return order.status !== null;
}

/** An order as one statement read or returned it. */
export type OrderRow = OrderEntity & {
  /** The order, or the draft, has expired. */
  isOverdue: boolean;
};

/** @param table name or alias of `orders` */
export function orderRowColumns(table: string): string {
  return `${columnList(OrderEntity, { table })}, ${hasExpired(table)} AS "isOverdue"`;
}

/**
 * SQL expression: the trace ID in the stored `traceparent`.
 *
 * @param table name or alias of `orders`
 */
export function storedTraceId(table: string): string {
  return `substr(${table}.traceparent, 4, 32)`;
}

/** A draft expires when its client has timed out. */
export const longestDraftSeconds = 60;

/**
 * SQL condition: the order has expired, by the database's clock. A draft has no `expires_at`.
 *
 * Decisions use `isOverdue` of the row that was read, and the UPDATE repeats the comparison. So a
 * process that was paused in between can neither pay an expired order nor expire one that is being
 * paid.
 *
 * @param table name or alias of `orders`
 */
export function hasExpired(table: string): string {
  const expiresAt = `COALESCE(${table}.expires_at, ${table}.created_at + interval '${longestDraftSeconds} seconds')`;
  return `${expiresAt} <= now()`;
}
