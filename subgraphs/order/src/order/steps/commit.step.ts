import type { Logger } from '@shop/kit/logger';
import type { ProductClient } from '../../clients/product.client';
import type { OrderRow } from '../persistence/order.entity';
import { stateOf } from '../state/order-state';
import type { OrderRepository } from '../persistence/order.repository';
import { transition } from '../state/order-transition';

/** COMMITTING: commits the reservations of many paid orders in one call. */
export class CommitStep {
  constructor(private readonly parts: { orders: OrderRepository; products: ProductClient; logger: Logger }) {}

  /**
   * Orders without a reservation stay in COMMITTING and do not block the others.
   *
   * @throws PeerError
   */
  async take(orders: readonly OrderRow[]): Promise<void> {
    const committed = await this.parts.products.commitStocks(orders.map(({ id }) => id));
    const input = { type: 'stock_committed' } as const;
    const settled = orders.filter(
      (order) => committed.has(order.id) && transition(stateOf(order), input).kind === 'moved',
    );
    if (settled.length > 0) await this.parts.orders.settle(`order.${input.type}`, settled);
    const missing = orders.filter(({ id }) => !committed.has(id)).map(({ id }) => id);
    if (missing.length > 0)
      this.parts.logger.error('paid orders have no reservation to commit', {
        orderIds: missing,
      });
  }
}
