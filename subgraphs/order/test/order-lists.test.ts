import { newAdmin, newCustomer, openShop, type TestUser, type Shop } from './support/shop';
import { repositoryStatements } from '@shop/testkit/repository-statements';

let shop: Shop;
beforeAll(async () => {
  // One customer's list has 20 open orders.
  shop = await openShop({ OPEN_ORDERS_PER_CUSTOMER: '20' });
});
afterAll(() => shop.close());

/** Places orders. @returns their IDs, newest first */
async function newOrders(customer: TestUser, count: number): Promise<string[]> {
  const productId = await shop.newProduct({ stock: 1_000 });
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.unshift((await shop.newOrder(customer, [{ productId, quantity: 1 }])).id);
  }
  return ids;
}

const list = async (user: TestUser, args: object) => {
  const { data, code } = await shop.orders(user, args);
  const page = data?.orders;
  return { ids: page?.nodes.map(({ id }: { id: string }) => id) as string[], pageInfo: page?.pageInfo, code };
};

describe('orders', () => {
  test('returns pages, newest first, forward and backward', async () => {
    const customer = newCustomer();
    const ids = await newOrders(customer, 5);

    const first = await list(customer, { first: 2 });
    expect(first).toMatchObject({
      ids: ids.slice(0, 2),
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const second = await list(customer, { first: 2, after: first.pageInfo.endCursor });
    expect(second).toMatchObject({
      ids: ids.slice(2, 4),
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    });
    const third = await list(customer, { first: 2, after: second.pageInfo.endCursor });
    expect(third).toMatchObject({ ids: ids.slice(4), pageInfo: { hasNextPage: false } });
    const back = await list(customer, { last: 2, before: third.pageInfo.startCursor });
    expect(back).toMatchObject({
      ids: ids.slice(2, 4),
      pageInfo: { hasPreviousPage: true, hasNextPage: true },
    });
  });

  test('filters by status', async () => {
    const customer = newCustomer();
    const [newest, oldest] = await newOrders(customer, 2);
    await shop.cancelOrder(customer, newest!);
    expect((await list(customer, { status: 'CANCELLED' })).ids).toEqual([newest]);
    expect((await list(customer, { status: 'PENDING' })).ids).toEqual([oldest]);
    expect((await list(customer, { status: 'CONFIRMED' })).ids).toEqual([]);
  });

  test("lists all users' orders for an ADMIN", async () => {
    const [one] = await newOrders(newCustomer(), 1);
    const [other] = await newOrders(newCustomer(), 1);
    expect((await list(newAdmin(), { first: 2 })).ids).toEqual([other, one]);
  });

  test.each([{ first: 0 }, { first: 101 }, { last: 0 }, { after: 'no cursor' }])(
    'rejects the page %j',
    async (args) => {
      expect((await list(newCustomer(), args)).code).toBe('BAD_USER_INPUT');
    },
  );

  test('reads items and timelines of 20 orders with as many statements as of 1', async () => {
    const one = newCustomer();
    const twenty = newCustomer();
    await newOrders(one, 1);
    await newOrders(twenty, 20);

    const ofOne = await repositoryStatements(() => list(one, { first: 20 }));
    const ofTwenty = await repositoryStatements(async () =>
      expect((await list(twenty, { first: 20 })).ids).toHaveLength(20),
    );

    const shared = ['OrderPageRepository.findOfUsers', 'OrderDetailsRepository.findItems'];
    expect(ofOne).toEqual([...shared, 'OrderDetailsRepository.findTimeline']);
    expect(ofTwenty).toEqual([...shared, 'OrderDetailsRepository.findTimelines']);
  });

  test('reads the orders of many users with one statement', async () => {
    const customers = [newCustomer(), newCustomer(), newCustomer()];
    for (const customer of customers) await newOrders(customer, 2);
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { orders(first: 1) { nodes { id user { id } } } } } }`;
    const representations = customers.map(({ userId }) => ({ __typename: 'User', id: userId }));

    let entities: { orders: { nodes: { user: { id: string } }[] } }[] = [];
    const statements = await repositoryStatements(async () => {
      entities = (await shop.execute(query, { representations }, newAdmin())).data._entities;
    });

    expect(entities.map(({ orders }) => orders.nodes.map(({ user }) => user.id))).toEqual(
      customers.map(({ userId }) => [userId]),
    );
    expect(statements).toEqual(['OrderPageRepository.findOfUsers']);
  });
});
