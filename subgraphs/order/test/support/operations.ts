import type { TestUser, GraphqlResult } from './shop';

export interface Line {
  productId: string;
  quantity: number;
}

/** The fields of an order that tests read. */
export interface OrderView {
  id: string;
  status: string;
  expiresAt: string | null;
  cancelReason: string | null;
  total: { amountCents: number; currency: string };
  user: { id: string };
  items: {
    product: { id: string };
    name: string;
    quantity: number;
    unitPrice: { amountCents: number };
    lineTotal: { amountCents: number };
  }[];
  timeline: { status: string; message: string }[];
}

/** A member of a result union. */
export interface Result {
  __typename: string;
  code?: string;
  message?: string;
  order?: OrderView;
  payment?: { id: string };
  shortages?: { product: { id: string }; requested: number; available: number }[];
  fields?: { path: string; message: string }[];
}

export const orderParts = `
  id status expiresAt cancelReason createdAt updatedAt
  total { amountCents currency }
  user { id }
  items { product { id } sku name quantity unitPrice { amountCents currency } lineTotal { amountCents currency } }
  timeline { at status message }`;

const resultParts = `
  __typename
  ... on Problem { code message }`;

const createOrder = `mutation ($input: CreateOrderInput!) {
  result: createOrder(input: $input) { ${resultParts}
    ... on OrderPayload { order { ${orderParts} } }
    ... on OutOfStock { shortages { product { id } requested available } }
    ... on TooManyOpenOrders { limit current product { id } }
    ... on InvalidInput { fields { path message } } } }`;
const payOrder = `mutation ($input: PayOrderInput!) {
  result: payOrder(input: $input) { ${resultParts}
    ... on PayOrderSuccess { order { ${orderParts} } payment { id } }
    ... on PaymentDeclined { order { ${orderParts} } payment { id } }
    ... on PaymentNotPossible { order { ${orderParts} } payment { id } }
    ... on PaymentPending { order { ${orderParts} } payment { id } }
    ... on OrderStateConflict { order { ${orderParts} } }
    ... on TooManyPaymentAttempts { order { ${orderParts} } } } }`;
const cancelOrder = `mutation ($id: ID!, $idempotencyKey: String) {
  result: cancelOrder(id: $id, idempotencyKey: $idempotencyKey) { ${resultParts}
    ... on OrderPayload { order { ${orderParts} } }
    ... on OrderStateConflict { order { ${orderParts} } } } }`;
const updateOrderStatus = `mutation ($id: ID!, $status: OrderStatus!) {
  result: updateOrderStatus(id: $id, status: $status) { ${resultParts}
    ... on OrderPayload { order { ${orderParts} } }
    ... on OrderStateConflict { order { ${orderParts} } } } }`;
const order = `query ($id: ID!) { order(id: $id) { ${orderParts} } }`;
const orders = `query ($first: Int, $after: String, $last: Int, $before: String, $status: OrderStatus, $userId: ID) {
  orders(first: $first, after: $after, last: $last, before: $before, status: $status, userId: $userId) {
    nodes { ${orderParts} } edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

type Execute = (query: string, variables: object, user?: TestUser) => Promise<GraphqlResult>;

/** The subgraph's operations; `result` is the union member, `code` the error code. */
export function operationsWith(execute: Execute) {
  const mutate = async (mutation: string, variables: object, user?: TestUser) => {
    const { data, code, replayed } = await execute(mutation, variables, user);
    return { result: data?.result as Result, code, replayed };
  };
  const createOrderAs = (user: TestUser | undefined, items: Line[], idempotencyKey?: string) =>
    mutate(createOrder, { input: { items, idempotencyKey } }, user);
  return {
    createOrder: createOrderAs,
    payOrder: (
      user: TestUser,
      orderId: string,
      paymentMethod: string,
      idempotencyKey?: string,
      returnUrl?: string,
    ) => mutate(payOrder, { input: { orderId, paymentMethod, idempotencyKey, returnUrl } }, user),
    cancelOrder: (user: TestUser, id: string, idempotencyKey?: string) =>
      mutate(cancelOrder, { id, idempotencyKey }, user),
    updateOrderStatus: (user: TestUser, id: string, status: string) =>
      mutate(updateOrderStatus, { id, status }, user),
    order: async (user: TestUser, id: string): Promise<OrderView | null> =>
      (await execute(order, { id }, user)).data.order,
    orders: (user: TestUser, args: object = {}) => execute(orders, args, user),
    /** A placed order. */
    async newOrder(user: TestUser, items: Line[]): Promise<OrderView> {
      const { result, code } = await createOrderAs(user, items);
      if (!result?.order) throw new Error(`no order: ${JSON.stringify(result ?? code)}`);
      return result.order;
    },
  };
}
