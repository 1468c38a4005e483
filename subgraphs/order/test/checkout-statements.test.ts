import { eventually } from '@shop/testkit/eventually';
import { newCustomer, openShop, type Shop } from './support/shop';
import { repositoryStatements } from '@shop/testkit/repository-statements';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** Reads for the response, which are not part of a step. */
const reads = 'OrderDetailsRepository.findTimeline';

/** Statements of the order service; the other services run in the same process. */
const ofOrders = (names: string[]) =>
  names.filter(
    (name) => /^(Order\w*|IdempotencyKey)Repository|^IdempotencyStore/.test(name) && name !== reads,
  );

/** The consumer of `payment.succeeded` runs it before or after the order is settled. */
const readOfEvent = 'OrderRepository.findByIds';

test('a checkout executes seven statements of the order service, and its event reads the order once', async () => {
  const customer = newCustomer();
  const items = [{ productId: await shop.newProduct(), quantity: 2 }];
  let orderId = '';
  const statements = await repositoryStatements(async () => {
    const { result } = await shop.createOrder(customer, items, 'create');
    orderId = result.order!.id;
    await shop.payOrder(customer, orderId, 'sim_success', 'pay');
    await eventually(async () => expect(await shop.stepOf(orderId)).toBe('SETTLED'));
    await eventually(async () => expect(await shop.consumedEvents()).toBe(1));
  });
  const sent = ofOrders(statements);
  expect(sent.filter((name) => name === readOfEvent)).toHaveLength(1);
  expect(sent.filter((name) => name !== readOfEvent)).toEqual([
    'OrderRepository.openDraft',
    'OrderRepository.move+place+entry+outcome',
    'OrderRepository.findById',
    'OrderRepository.move+in-time+claim+entry',
    'OrderRepository.move+entry+outcome',
    // payOrder reads the items for its response; createOrder has inserted them.
    'OrderDetailsRepository.findItems',
    'OrderRepository.settle',
  ]);
});
