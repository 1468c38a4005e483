import type { Outbox } from '@shop/events/outbox';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import type { RequestedLine, ReservationOutcome, ReservationRepository } from './reservation.repository';
import { stockDepleted } from './stock-events';

export interface StockCommit {
  orderId: string;
  /** False if nothing is held for the order. */
  committed: boolean;
}

const maximumCommits = 100;
const maximumLines = 100;
const maximumQuantity = 999;

/** Reserves, commits and releases units for orders. Each method is idempotent by order. */
export class ReservationService {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Reserves all lines or none. A repeat for an order returns its reservation, whatever the lines are.
   *
   * @throws AppError bad_request for invalid lines
   */
  async reserve(orderId: string, requested: readonly RequestedLine[]): Promise<ReservationOutcome> {
    assertOrderId(orderId);
    const lines = mergeLines(requested);
    const isPublished = this.outbox.hasSubscribers('product.stock_depleted');
    // `reserve_stock` sets the SKU.
    const events = isPublished ? lines.map(({ productId }) => stockDepleted({ id: productId, sku: '' })) : [];
    const depletionEvents = this.outbox.deliveriesOf(events);
    const outcome = await this.reservations.reserve(
      { orderId, lines, depletionEvents },
      assertDeadlineNotExceeded,
    );
    // Only the database knows whether a stock became 0.
    if (isPublished && outcome.kind === 'RESERVED') this.outbox.wake();
    return outcome;
  }

  /**
   * Commits the reservations of up to 100 orders, in one statement.
   *
   * @returns one element per order, in the order of `orderIds`
   * @throws AppError bad_request for more orders, or an ID that is not a UUID
   */
  async commitAll(orderIds: readonly string[]): Promise<StockCommit[]> {
    orderIds.forEach(assertOrderId);
    if (orderIds.length > maximumCommits) {
      const message = `At most ${maximumCommits} orders can be committed at once, not ${orderIds.length}.`;
      throw new AppError('bad_request', message);
    }
    const committed = await this.reservations.commit(orderIds);
    return orderIds.map((orderId) => ({ orderId, committed: committed.has(orderId.toLowerCase()) }));
  }

  async release(orderId: string): Promise<void> {
    assertOrderId(orderId);
    await this.reservations.release(orderId);
  }
}

function assertOrderId(orderId: string): void {
  if (!isUuid(orderId)) throw new AppError('bad_request', 'orderId must be a UUID.');
}

/**
 * One line per product, in the order of first occurrence, with IDs in lower case.
 *
 * @throws AppError bad_request unless there are 1 to 100 lines with quantities of 1 to 999
 */
export function mergeLines(lines: readonly RequestedLine[]): RequestedLine[] {
  if (lines.length < 1 || lines.length > maximumLines) {
    throw new AppError('bad_request', `A reservation has 1 to ${maximumLines} lines, not ${lines.length}.`);
  }
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    if (quantity < 1 || quantity > maximumQuantity) {
      throw new AppError('bad_request', `A quantity is 1 to ${maximumQuantity}, not ${quantity}.`);
    }
    const id = productId.toLowerCase();
    quantities.set(id, (quantities.get(id) ?? 0) + quantity);
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}
