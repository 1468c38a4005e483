import { type GraphqlBody, graphql } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import type { TestStack } from '@shop/testkit/stack';
import { connectToShop, uniqueEmail, unwrap } from '../shop';
import type { Product } from '../storefront/storefront';
import type { Viewer } from './operation';

/** Data of the shop that operations refer to. */
export interface Fixture {
  /** By name of a variable. */
  values: Readonly<Record<string, unknown>>;
  orderIds: readonly string[];
  productIds: readonly string[];
  skus: readonly string[];
  userIds: readonly string[];
  paymentIds: readonly string[];
  /** Of connections: orders of the customer, products. */
  cursors: readonly string[];
  tokenOf(viewer: Viewer): string | undefined;
  /** Places an unpaid order of the customer. @returns its ID */
  placeOrder(): Promise<string>;
}

const password = 'Customer-5f0c';

/** Orders of one customer that share products: unpaid, paid, declined, cancelled, and a second customer. */
export async function createFixture(stack: TestStack): Promise<Fixture> {
  const shop = await connectToShop(stack.gatewayUrl, stack.admin);
  const storefront = shop.storefronts.GraphQL;
  const email = uniqueEmail();
  const [customer, other] = [
    unwrap(await storefront.register({ email, password })),
    await shop.newCustomer(),
  ];
  const products: Product[] = [];
  for (const name of ['Lamp', 'Table', 'Chair', 'Lamp shade'])
    products.push(await shop.newProduct({ name, stock: 10_000, priceCents: 100 + name.length }));
  const place = async (...picked: number[]) => {
    const items = picked.map((index) => ({ productId: products[index]?.id ?? '', quantity: index + 1 }));
    return unwrap(await storefront.placeOrder(customer.accessToken, items));
  };
  const orders = [await place(0, 1), await place(0), await place(2, 1, 0), await place(3, 0), await place(1)];
  const [unpaid, paid, declined, cancelled, open] = orders.map(({ id }) => id) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const pay = (order: string, method: string) => storefront.payOrder(customer.accessToken, order, method);
  const { payment } = unwrap(await pay(paid, 'sim_success'));
  await pay(declined, 'sim_declined');
  unwrap(await storefront.cancelOrder(customer.accessToken, cancelled));
  const ofOther = unwrap(
    await storefront.placeOrder(other.accessToken, [{ productId: products[0]?.id ?? '', quantity: 1 }]),
  );

  const read = async (query: string, token: string) =>
    (await graphql(stack.gatewayUrl)<Read>(query, { token })).body;
  const { me: admin } = dataOf(await read('{ me { id } }', shop.adminToken));
  const { orders: page, products: catalogue } = dataOf(
    await read(
      '{ orders { edges { cursor } nodes { payments { id } } } products { edges { cursor } } }',
      customer.accessToken,
    ),
  );
  const cursors = [...page.edges, ...catalogue.edges].map(({ cursor }) => cursor);
  const subjects = {
    customer: { userId: customer.userId },
    other: { userId: other.userId },
    admin: { userId: admin.id, role: 'ADMIN' as const },
  };
  const unknownId = '01a18df7-f500-7bd9-9b3d-bffab89f890e';
  return {
    values: {
      ...{
        orderId: unpaid,
        paidId: paid,
        declinedId: declined,
        cancelledId: cancelled,
        otherOrderId: ofOther.id,
      },
      ...{ productId: products[0]?.id, sku: products[0]?.sku, otherProductId: products[1]?.id },
      ...{ userId: customer.userId, otherUserId: other.userId, paymentId: payment.id, unknownId },
      // No other operation changes this unpaid order.
      openOrderId: open,
      ...{ email, password, yes: true, no: false, first: 2, cursor: page.edges[0]?.cursor },
    },
    orderIds: [...orders.map(({ id }) => id), ofOther.id, unknownId],
    productIds: [...products.map(({ id }) => id), unknownId],
    skus: [...products.map(({ sku }) => sku), 'unknown'],
    userIds: [customer.userId, other.userId, admin.id, unknownId],
    paymentIds: [...page.nodes.flatMap(({ payments }) => payments.map(({ id }) => id)), unknownId],
    cursors,
    async placeOrder() {
      const items = [{ productId: products[0]?.id ?? '', quantity: 1 }];
      return unwrap(await storefront.placeOrder(userToken(subjects.customer), items)).id;
    },
    tokenOf(viewer) {
      if (viewer === 'visitor') return undefined;
      return viewer === 'forged' ? 'a.b.c' : userToken(subjects[viewer]);
    },
  };
}

interface Read {
  me: { id: string };
  orders: { edges: { cursor: string }[]; nodes: { payments: { id: string }[] }[] };
  products: { edges: { cursor: string }[] };
}

function dataOf({ data, errors }: GraphqlBody<Read>): Read {
  if (!data || errors) throw new Error(`The fixture cannot be read: ${JSON.stringify(errors)}`);
  return data;
}
