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

/** Holds, sells and gives back units for orders; each idempotent by order. */
export class ReservationService {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Holds all lines or none. An order that holds something is answered the same again, whatever it asks for.
   *
   * @throws AppError bad_request for lines that no order has
   */
  async reserve(orderId: string, requested: readonly RequestedLine[]): Promise<ReservationOutcome> {
    requireOrderId(orderId);
    const lines = mergeLines(requested);
    const isPublished = this.outbox.hasSubscribers('product.stock_depleted');
    // The SKU is known only where the stock is taken.
    const events = isPublished ? lines.map(({ productId }) => stockDepleted({ id: productId, sku: '' })) : [];
    const depletionEvents = this.outbox.deliveriesOf(events);
    const outcome = await this.reservations.reserve(
      { orderId, lines, depletionEvents },
      assertDeadlineNotExceeded,
    );
    // Whether a stock became 0 is known only in the database.
    if (isPublished && outcome.kind === 'RESERVED') this.outbox.wake();
    return outcome;
  }

  /**
   * Sells what is held for up to 100 orders, in one statement.
   *
   * @returns one element per order, in the order of `orderIds`
   * @throws AppError bad_request for more orders, or an ID that is not a UUID
   */
  async commitAll(orderIds: readonly string[]): Promise<StockCommit[]> {
    orderIds.forEach(requireOrderId);
    if (orderIds.length > maximumCommits) {
      const message = `At most ${maximumCommits} orders can be committed at once, not ${orderIds.length}.`;
      throw new AppError('bad_request', message);
    }
    const committed = await this.reservations.commit(orderIds);
    return orderIds.map((orderId) => ({ orderId, committed: committed.has(orderId.toLowerCase()) }));
  }

  async release(orderId: string): Promise<void> {
    requireOrderId(orderId);
    await this.reservations.release(orderId);
  }
}

function requireOrderId(orderId: string): void {
  if (!isUuid(orderId)) throw new AppError('bad_request', 'orderId must be a UUID.');
}

/**
 * One line per product, in the order of their first mention, ids in lower case.
 *
 * @throws AppError bad_request for no line, too many, or a quantity outside 1 to 999
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
