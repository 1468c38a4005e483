import { randomUUID } from 'node:crypto';
import type { Connection, LoadRequest } from '../../load/connection';

export const apis = ['GraphQL', 'REST'] as const;
export type Api = (typeof apis)[number];

export interface CheckoutInput {
  connection: Connection;
  token: string;
  productId: string;
}

/**
 * Places an order of one product and pays it.
 *
 * @throws Error with the response if the order is not CONFIRMED
 */
export type Checkout = (input: CheckoutInput) => Promise<void>;

/** Fields of an order and of its payment in a GraphQL client's mutations. */
export interface Selection {
  order: string;
  payment: string;
}

const paymentFields = `id order { id } amount { amountCents currency } status provider failureCode
  refund { status failureCode createdAt updatedAt } createdAt updatedAt`;

/** The fields that the REST routes return. */
export const allFields: Selection = {
  order: `id user { id } status
    items { product { id } sku name quantity unitPrice { amountCents currency } }
    total { amountCents currency } createdAt updatedAt expiresAt cancelReason
    timeline { at status message } payments { ${paymentFields} }`,
  payment: paymentFields,
};

const paymentMethod = 'sim_success';

export function graphqlCheckout({ order, payment }: Selection): Checkout {
  const problem = '... on Problem { code message }';
  const createOrder = `mutation CreateOrder($input: CreateOrderInput!) {
    result: createOrder(input: $input) { ... on OrderPayload { order { ${order} } } ${problem} }
  }`;
  const payOrder = `mutation PayOrder($input: PayOrderInput!) {
    result: payOrder(input: $input) {
      ... on PayOrderSuccess { order { ${order} } payment { ${payment} } } ${problem}
    }
  }`;
  return async ({ connection, token, productId }) => {
    const run = async (query: string, input: object) => {
      const variables = { input: { ...input, idempotencyKey: randomUUID() } };
      const { status, body } = await connection.send({
        ...{ method: 'POST', path: '/graphql', body: { query, variables } },
        headers: { authorization: `Bearer ${token}` },
      });
      const { data } = body as { data?: { result: OrderBody | null } | null };
      return { status, body: data?.result ?? body };
    };
    const created = await run(createOrder, { items: [{ productId, quantity: 1 }] });
    const paid = await run(payOrder, { orderId: orderIn(created, 'PENDING'), paymentMethod });
    orderIn(paid, 'CONFIRMED');
  };
}

export const checkouts: Readonly<Record<Api, Checkout>> = {
  // The same fields, so that both APIs do the same work.
  GraphQL: graphqlCheckout(allFields),

  async REST({ connection, token, productId }) {
    const post = (path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
      return connection.send({ method: 'POST', path, headers, body } satisfies LoadRequest);
    };
    const created = await post('/v1/orders', { items: [{ product_id: productId, quantity: 1 }] });
    const orderId = orderIn({ ...created, body: { order: created.body } }, 'PENDING');
    orderIn(await post(`/v1/orders/${orderId}/pay`, { payment_method: paymentMethod }), 'CONFIRMED');
  },
};

/**
 * Creates a customer for each connection.
 *
 * @returns a function that runs one checkout of the given customer, for a random product
 */
export function customersOf(input: {
  connections: readonly Connection[];
  newToken: () => string;
  api: Api;
  productIds: readonly string[];
}): (client: number) => Promise<void> {
  const { connections, newToken, api, productIds } = input;
  const customers = connections.map((connection) => ({ connection, token: newToken() }));
  return (client) => {
    const productId = productIds[Math.floor(Math.random() * productIds.length)] as string;
    return checkouts[api]({ ...(customers[client] as (typeof customers)[number]), productId });
  };
}

interface OrderBody {
  order?: { id?: string; status?: string } | undefined;
}

function orderIn({ status, body }: { status: number; body: OrderBody }, expected: string): string {
  if (body.order?.id && body.order.status === expected) return body.order.id;
  throw new Error(`${status} instead of an order that is ${expected}: ${JSON.stringify(body).slice(0, 300)}`);
}
