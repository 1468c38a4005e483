import { connection, type Connection, encodeCursor } from '@shop/kit/pagination';
import DataLoader from 'dataloader';
import { type PlacedOrder, isPlaced } from '../persistence/order.entity';
import type {
  OrderDetailsRepository,
  OrderItemEntity,
  TimelineEntry,
} from '../persistence/order-details.repository';
import type { OrderPage, OrderPageRepository } from '../persistence/order-page.repository';
import type { OrderRepository } from '../persistence/order.repository';

export interface OrderLoaders {
  /** A placed order, or null. The caller must check that the viewer may see it. */
  order: DataLoader<string, PlacedOrder | null>;
  items: DataLoader<string, OrderItemEntity[]>;
  timeline: DataLoader<string, TimelineEntry[]>;
  /** Reads the same page of several users with one statement. */
  pageOfUser: DataLoader<UserPage, Connection<PlacedOrder>, string>;
}

/** A line with the currency of its order. */
export type PricedItem = OrderItemEntity & { currency: string };

/** An entity of another subgraph, from which the gateway reads its fields. */
export interface Reference {
  id: string;
}

export interface UserPage {
  userId: string;
  page: OrderPage;
}

/** Must be created per request: loaders cache. */
export function createOrderLoaders(repositories: {
  orders: OrderRepository;
  pages: OrderPageRepository;
  details: OrderDetailsRepository;
}): OrderLoaders {
  const { orders, pages, details } = repositories;
  return {
    order: new DataLoader(async (ids) => {
      const byId = new Map((await orders.findByIds(ids)).map((order) => [order.id, order]));
      return ids.map((id) => {
        const order = byId.get(id);
        return order && isPlaced(order) ? order : null;
      });
    }),
    items: new DataLoader(async (ids) => inGroups(ids, await details.findItems(ids), (item) => item.orderId)),
    timeline: new DataLoader(async (ids) =>
      inGroups(ids, await details.findTimelines(ids), (event) => event.orderId),
    ),
    pageOfUser: new DataLoader((keys) => loadPages(keys, pages), {
      cacheKeyFn: ({ userId, page }) => JSON.stringify([userId, page]),
    }),
  };
}

/** A cursor contains the order's ID. */
export function orderConnection(rows: readonly PlacedOrder[], page: OrderPage): Connection<PlacedOrder> {
  return connection(rows, page, (order) => encodeCursor(newest, [order.id]));
}

/** The only sort of the lists; part of the cursors. */
export const newest = 'NEWEST';

async function loadPages(
  keys: readonly UserPage[],
  pages: OrderPageRepository,
): Promise<Connection<PlacedOrder>[]> {
  const statements = Map.groupBy(keys, ({ page }) => JSON.stringify(page));
  const rowsOfPage = new Map<string, Map<string, PlacedOrder[]>>();
  for (const [name, [first, ...others]] of statements) {
    const userIds = [first!, ...others].map(({ userId }) => userId);
    rowsOfPage.set(
      name,
      Map.groupBy(await pages.findOfUsers(userIds, first!.page), (order) => order.userId),
    );
  }
  return keys.map(({ userId, page }) => {
    const rows = rowsOfPage.get(JSON.stringify(page))?.get(userId);
    return orderConnection(rows ?? [], page);
  });
}

function inGroups<Row>(ids: readonly string[], rows: readonly Row[], idOf: (row: Row) => string): Row[][] {
  const groups = Map.groupBy(rows, idOf);
  return ids.map((id) => groups.get(id) ?? []);
}
