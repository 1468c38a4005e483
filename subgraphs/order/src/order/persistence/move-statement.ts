import { insertDeliveries } from '@shop/events/outbox';
import { type Statement, statement } from '@shop/kit/database';
import type { Placement } from '../../clients/product.client';
import type { StateColumns } from '../state/order-state';
import { claimFrom, decidedOutcome, type KeyClaim, type KeyEffect } from './idempotency-key.repository';
import { hasExpired, orderRowColumns, storedTraceId } from './order.entity';
import { surplusEntries } from './order-details.repository';

/** When an order is due for the poller: after a delay, when it expires, or never. */
export type DueTime = { inMs: number } | 'at-expiry' | 'never';

/** A state change of an order and everything that is written with it. Unused parts are null. */
export interface OrderMove {
  id: string;
  /** The version that was read. */
  version: number;
  to: StateColumns;
  due: DueTime;
  /**
   * Whether the order had expired when the change was decided; null if the decision does not depend
   * on it.
   */
  isOverdue: boolean | null;
  /** Set if a draft is placed. */
  placement: (Placement & { timeToPaySeconds: number }) | null;
  /** `isLong`: the timeline may exceed its maximum length. */
  entry: { message: string; isLong: boolean } | null;
  /** The position in the trace that causes the change; if null, the order keeps its stored one. */
  traceparent: string | null;
  /** The rows of `Outbox.deliveriesOf`; each event gets the sequence of the timeline entry. */
  deliveries: string | null;
  keyEffect: KeyEffect | null;
  claim: KeyClaim | null;
}

/** Adds a parameter to the statement. @returns its name, for example `$3` */
type Put = (value: unknown) => string;

/**
 * The statement of one state change. It changes nothing and returns no row if the order has another
 * version, has expired in the meantime, or the key was used. The statement's name lists its parts,
 * so that each combination is prepared once.
 */
export function moveStatement(move: OrderMove): { statement: Statement; values: unknown[] } {
  const values: unknown[] = [];
  const put: Put = (value) => `$${values.push(value)}`;
  const parts = ['OrderRepository.move'];
  const items: string[] = [];
  const [id, version] = [put(move.id), put(move.version)];
  const add = (part: string, sql: string) => {
    parts.push(part);
    items.push(sql);
  };

  const isCurrent = `orders.id = ${id} AND orders.version = ${version}${guardOf(move, parts)}`;
  if (move.claim) {
    // Locks the version: the claim must not be committed if the UPDATE then finds another version.
    add('claim', `current AS (SELECT id FROM orders WHERE ${isCurrent} FOR NO KEY UPDATE)`);
    items.push(claimKey(move.claim, move.to.attempt, put));
  }
  const isClaimed = move.claim ? ' AND EXISTS (SELECT FROM claimed)' : '';
  if (move.placement) parts.push('place');
  items.push(
    `moved AS (UPDATE orders SET ${assignments(move, put)} WHERE ${isCurrent}${isClaimed} RETURNING *)`,
  );
  if (move.placement) items.push(insertItems(move.placement, put));
  if (move.entry?.isLong) add('trim', `surplus AS (${surplusEntries(id)} AND EXISTS (SELECT FROM moved))`);
  if (move.entry) add('entry', insertEntry(move.entry.message, put));
  if (move.deliveries) add('event', insertEvents(move.deliveries, put));
  if (move.keyEffect) {
    parts.push(move.keyEffect.outcome ? 'outcome' : 'free');
    items.push(applyKeyEffect(id, move.keyEffect, put));
  }
  const text = `WITH ${items.join(',\n')}\nSELECT ${orderRowColumns('moved')} FROM moved`;
  return { statement: statement(parts.join('+'), text), values };
}

function guardOf({ isOverdue }: OrderMove, parts: string[]): string {
  if (isOverdue === null) return '';
  parts.push(isOverdue ? 'overdue' : 'in-time');
  return ` AND ${isOverdue ? '' : 'NOT '}(${hasExpired('orders')})`;
}

function assignments({ to, due, entry, placement, traceparent }: OrderMove, put: Put): string {
  const expiresAt = placement
    ? `now() + ${put(placement.timeToPaySeconds)} * interval '1 second'`
    : 'expires_at';
  const dueAfter = `now() + ${put(typeof due === 'object' ? due.inMs : null)} * interval '1 millisecond'`;
  return [
    `step = ${put(to.step)}`,
    `attempt = ${put(to.attempt)}`,
    `unreached_attempts = ${put(to.unreachableAttempts)}`,
    `attempt_resumed = ${put(to.attemptResumed)}`,
    `payment_method = ${put(to.paymentMethod)}`,
    `return_url = ${put(to.returnUrl)}`,
    `payment_id = ${put(to.paymentId)}`,
    `cancel_reason = ${put(to.cancelReason)}`,
    `refund_revision = ${put(to.refundRevision)}`,
    `traceparent = COALESCE(${put(traceparent)}, orders.traceparent)`,
    'version = orders.version + 1',
    'moved_at = now()',
    ...(entry ? ['updated_at = now()'] : []),
    ...(placement
      ? [
          'draft_lines = NULL',
          `currency = ${put(placement.currency)}`,
          `total_cents = ${put(placement.totalCents)}`,
          `expires_at = ${expiresAt}`,
        ]
      : []),
    `due_at = CASE WHEN ${put(due === 'at-expiry')} THEN ${expiresAt} ELSE ${dueAfter} END`,
    'due_tries = 0',
  ].join(', ');
}

function insertItems({ lines }: Placement, put: Put): string {
  const column = (read: (line: Placement['lines'][number]) => unknown, type: string) =>
    `${put(lines.map(read))}::${type}[]`;
  return `items AS (
    INSERT INTO order_items (order_id, position, product_id, sku, name, quantity, unit_price_cents)
    SELECT moved.id, line.* FROM moved CROSS JOIN unnest(
      ${put(lines.map((_line, position) => position))}::int[], ${column((line) => line.productId, 'uuid')},
      ${column((line) => line.sku, 'text')}, ${column((line) => line.name, 'text')},
      ${column((line) => line.quantity, 'int')}, ${column((line) => line.unitPriceCents, 'bigint')}) AS line)`;
}

function insertEntry(message: string, put: Put): string {
  return `entry AS (
    INSERT INTO order_events (order_id, at, status, message, trace_id)
    SELECT id, now(), status, ${put(message)}, ${storedTraceId('moved')} FROM moved RETURNING sequence)`;
}

/**
 * Sets the sequence of the events to that of the timeline entry, which this statement generates.
 */
function insertEvents(deliveries: string, put: Put): string {
  const event = `jsonb_set(delivery.event, '{data,sequence}', to_jsonb(entry.sequence))`;
  return `deliveries AS (${insertDeliveries(put(deliveries), 'entry', event)})`;
}

/** Claims the key if the item `current` has a row. Returns no row if the key was used. */
function claimKey(claim: KeyClaim, attempt: number, put: Put): string {
  const values = {
    userId: put(claim.userId),
    key: put(claim.key),
    requestHash: put(claim.requestHash),
    operation: put(claim.operation),
    orderId: 'current.id',
    attempt: put(attempt),
    result: `${put(claim.result)}::jsonb`,
  };
  return `claimed AS (${claimFrom(values, 'current')})`;
}

/** Stores the outcome, or deletes the key of a request without effect, if `moved` has a row. */
function applyKeyEffect(orderId: string, { operation, attempt, outcome }: KeyEffect, put: Put): string {
  const isRequest = `order_id = ${orderId} AND operation = ${put(operation)} AND attempt = ${put(attempt)}
       AND EXISTS (SELECT FROM moved)`;
  if (outcome === null)
    return `freed AS (
    DELETE FROM idempotency_keys WHERE ${isRequest} AND (outcome IS NULL OR outcome->>'kind' = 'UNDECIDED'))`;
  return `remembered AS (
    UPDATE idempotency_keys SET outcome = ${decidedOutcome(put(outcome))} WHERE ${isRequest})`;
}
