import { dataOf, type ProductService } from './product-service';

export interface ReserveOutcome {
  __typename: string;
  held?: {
    productId: string;
    sku: string;
    name: string;
    quantity: number;
    unitPrice: { amountCents: number; currency: string };
  }[];
  short?: { productId: string; requested: number; available: number }[];
  productIds?: string[];
  currencies?: string[];
  orderId?: string;
}

export interface Line {
  productId: string;
  quantity: number;
}

export const reserveMutation = `mutation ($input: ReserveStockInput!) {
  reserveStock(input: $input) {
    __typename
    ... on StockReserved { held: lines { productId sku name quantity unitPrice { amountCents currency } } }
    ... on StockShort { short: lines { productId requested available } }
    ... on UnknownProducts { productIds }
    ... on MixedCurrencies { currencies }
    ... on ReservationClosed { orderId }
  }
}`;
export const commitMutation = 'mutation ($orderId: ID!) { done: commitStock(orderId: $orderId) }';
export const commitAllMutation =
  'mutation ($orderIds: [ID!]!) { commits: commitStocks(orderIds: $orderIds) { orderId committed } }';
export const releaseMutation = 'mutation ($orderId: ID!) { done: releaseStock(orderId: $orderId) }';

const asOrder = { caller: 'order' };

/** The internal operations, called as the order service calls them. */
export function reservationsOf(service: ProductService) {
  const settle = async (mutation: string, orderId: string) =>
    dataOf(await service.send<{ done: boolean }>(mutation, { orderId }, asOrder)).done;
  return {
    async reserve(orderId: string, lines: Line[]) {
      const answer = await service.send<{ reserveStock: ReserveOutcome }>(
        reserveMutation,
        { input: { orderId, lines } },
        asOrder,
      );
      return dataOf(answer).reserveStock;
    },
    commit: (orderId: string) => settle(commitMutation, orderId),
    release: (orderId: string) => settle(releaseMutation, orderId),
    async statusOf(orderId: string) {
      const [row] = await service.dataSource.query<{ status: string }[]>(
        'SELECT status FROM reservations WHERE order_id = $1',
        [orderId],
      );
      return row?.status;
    },
  };
}
