import { graphql } from '@shop/testkit/http';
import { serviceCredential } from '@shop/testkit/keys';
import { newAdmin, newCustomer, openShop, type TestUser, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

async function newOrder() {
  const customer = newCustomer();
  const order = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);
  return { customer, orderId: order.id };
}

async function entities(representations: object[], fields: string, user?: TestUser) {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${fields} } }`;
  const { data, code } = await shop.execute(query, { representations }, user);
  return { entities: data?._entities, code };
}

describe('An order', () => {
  test('is visible to its owner and to an ADMIN, and null for others', async () => {
    const { customer, orderId } = await newOrder();
    expect(await shop.order(customer, orderId)).toMatchObject({ id: orderId });
    expect(await shop.order(newAdmin(), orderId)).toMatchObject({ id: orderId });
    expect(await shop.order(newCustomer(), orderId)).toBeNull();
    expect(await shop.order(customer, 'no-uuid')).toBeNull();
    expect((await shop.execute('query ($id: ID!) { order(id: $id) { id } }', { id: orderId })).code).toBe(
      'UNAUTHENTICATED',
    );
  });

  test('is resolved by reference for its owner and for an ADMIN only', async () => {
    const { customer, orderId } = await newOrder();
    const references = [
      { __typename: 'Order', id: orderId },
      { __typename: 'Order', id: 'no-uuid' },
    ];
    const fields = '... on Order { id status }';
    const found = { id: orderId, status: 'PENDING' };
    expect((await entities(references, fields, customer)).entities).toEqual([found, null]);
    expect((await entities(references, fields, newAdmin())).entities).toEqual([found, null]);
    expect((await entities(references, fields, newCustomer())).entities).toEqual([null, null]);
    expect((await entities(references, fields)).entities).toEqual([null, null]);
  });

  test('is resolved next to an invalid reference, which is null with an error at its own path', async () => {
    const { customer, orderId } = await newOrder();
    const good = { __typename: 'Order', id: orderId };
    const bad = [
      { __typename: 'Order' },
      { ...good, id: null },
      { ...good, id: true },
      { ...good, __typename: 'Product' },
      { __typename: 'User' },
    ];
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Order { id } }
    }`;
    const { data, errorPaths } = await shop.execute(query, { representations: [...bad, good] }, customer);
    expect(data._entities).toEqual([...bad.map(() => null), { id: orderId }]);
    expect(errorPaths).toEqual(bad.map((_, index) => ['_entities', index]));
  });

  test('is not visible while it is a draft', async () => {
    const customer = newCustomer();
    const [draft] = await shop.sql<{ id: string }>(
      'order',
      `INSERT INTO orders (user_id, step, draft_lines, due_at)
       VALUES ($1, 'RESERVING', '[]', now() + interval '1 hour') RETURNING id`,
      [customer.userId],
    );
    expect(await shop.order(customer, draft!.id)).toBeNull();
    expect((await shop.orders(customer)).data.orders.nodes).toEqual([]);
    expect((await shop.cancelOrder(customer, draft!.id)).result.__typename).toBe('OrderNotFound');
    expect((await shop.payOrder(customer, draft!.id, 'sim_success')).result.__typename).toBe('OrderNotFound');
    expect((await shop.updateOrderStatus(newAdmin(), draft!.id, 'PENDING')).result.__typename).toBe(
      'OrderNotFound',
    );
  });
});

describe("A user's orders", () => {
  const reference = (userId: string) => ({ __typename: 'User', id: userId });
  const fields = '... on User { id orders { nodes { id } } }';

  test('are visible to the user and to an ADMIN', async () => {
    const { customer, orderId } = await newOrder();
    for (const user of [customer, newAdmin()]) {
      const result = await entities([reference(customer.userId)], fields, user);
      expect(result.entities).toEqual([{ id: customer.userId, orders: { nodes: [{ id: orderId }] } }]);
    }
    expect((await entities([reference(customer.userId)], fields, newCustomer())).code).toBe('FORBIDDEN');
    expect((await entities([reference(customer.userId)], fields)).code).toBe('UNAUTHENTICATED');
  });

  test('cannot be read by others with `userId`', async () => {
    const { customer } = await newOrder();
    expect((await shop.orders(newCustomer(), { userId: customer.userId })).code).toBe('FORBIDDEN');
    expect((await shop.orders(newAdmin(), { userId: customer.userId })).data.orders.nodes).toHaveLength(1);
    expect((await shop.orders(customer, { userId: customer.userId })).data.orders.nodes).toHaveLength(1);
    expect((await shop.orders(newAdmin(), { userId: 'no-uuid' })).data.orders.nodes).toEqual([]);
  });
});

test('A caller without a service credential is rejected', async () => {
  const { customer } = await newOrder();
  const result = await graphql(shop.url)('{ orders { nodes { id } } }', { token: customer.userId });
  expect(result.status).toBe(401);
  const wrongAudience = { 'x-service-authorization': `Bearer ${serviceCredential('gateway', 'product')}` };
  expect((await graphql(shop.url)('{ __typename }', { headers: wrongAudience })).status).toBe(401);
});
