import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { type Account, registerAccount, logInAs } from '../chaos/clients/account';
import { checkOut } from '../chaos/clients/checkout';
import { requestsTo } from '../chaos/clients/request';
import type { Scenario } from '../chaos/clients/scenario';
import { boundaries, type Boundary } from '../chaos/faults/boundaries';
import { CrashSwitch } from '../chaos/faults/crash-switch';
import { killAtOneOf } from '../chaos/faults/killer';
import { type FinalOrder, readFinalOrders } from '../chaos/history/final-orders';
import { checkHistory } from '../chaos/history/check-history';
import { History } from '../chaos/history/history';
import { Timeline } from '../chaos/observation/timeline';
import { createRandom } from '../chaos/random/random';
import { type Assortment, fillBasket, createAssortment } from '../chaos/shop/assortment';
import { RefundOperator } from '../chaos/shop/refund-operator';
import { expectInvariants } from '../invariants';

/** The final order of each scenario, whichever process was killed. Default: no order. */
const expectedOrders: Partial<Record<Scenario, Partial<FinalOrder>>> = {
  buy: { status: 'CONFIRMED' },
  response_lost: { status: 'CONFIRMED' },
  provider_unavailable: { status: 'CONFIRMED' },
  // Paid with another method afterwards.
  not_possible: { status: 'CONFIRMED' },
  declined: { status: 'CANCELLED', cancelReason: 'PAYMENT_FAILED' },
  cancel: { status: 'CANCELLED', cancelReason: 'CUSTOMER' },
  admin_cancel: { status: 'CANCELLED', cancelReason: 'ADMIN' },
  refund_pending: { status: 'CANCELLED', cancelReason: 'ADMIN' },
  refund_failed: { status: 'CANCELLED', cancelReason: 'ADMIN' },
  leave: { status: 'CANCELLED', cancelReason: 'EXPIRED' },
};

interface KilledCheckouts {
  wasKilled: boolean;
  history: History;
  /** Null if the order was rejected because of its stock. */
  orderIds: (string | null)[];
}

/** Time to reach a boundary, and to resolve unknown outcomes after the last kill. */
const limitMs = 120_000;
const crashSwitch = new CrashSwitch(mkdtempSync(join(tmpdir(), 'crash-points-')));
/** Read at each start of the order process. One customer has the orders of all boundaries. */
const orderSettings = { ORDER_TTL_SECONDS: '900', OPEN_ORDERS_PER_CUSTOMER: '1000' };
const random = createRandom('kill');
const checkoutsByBoundary = new Map<string, KilledCheckouts>();
let stack: TestStack;
let givenUpAtMs = Infinity;
let shop: { admin: Account; customer: Account; assortment: Assortment };

beforeAll(async () => {
  stack = await startTestStack({
    env: { CRASH_POINTS_DIR: crashSwitch.directory },
    serviceEnv: { order: orderSettings },
  });
  const send = requestsTo(stack.gatewayUrl);
  const [admin, customer] = await Promise.all([logInAs(send, stack.admin), registerAccount(send)]);
  shop = { admin, customer, assortment: await createAssortment(admin) };
  await killAtEveryBoundary();
}, 600_000);

afterAll(async () => {
  await stack.stop();
  rmSync(crashSwitch.directory, { recursive: true });
});

/**
 * Kills one process after the other. Checkouts continue in the background, because interrupted
 * orders are resumed some seconds later.
 */
async function killAtEveryBoundary(): Promise<void> {
  const isExpiry = ({ reachedBy }: Boundary) => reachedBy.includes('leave');
  const checkouts: Promise<void>[] = [];
  for (const boundary of boundaries.filter((each) => !isExpiry(each))) await killOnce(boundary, checkouts);
  givenUpAtMs = performance.now() + limitMs;
  await Promise.all(checkouts);
  // Unpaid orders expire from now on.
  orderSettings.ORDER_TTL_SECONDS = '1';
  await stack.services.order.stop();
  await stack.services.order.start();
  for (const boundary of boundaries.filter(isExpiry)) await killOnce(boundary, checkouts);
  await Promise.all(checkouts);
}

/** Resolves when the process was killed and has restarted. Its checkouts can still run. */
async function killOnce(boundary: Boundary, checkouts: Promise<void>[]): Promise<void> {
  const killed: KilledCheckouts = { wasKilled: false, history: new History(), orderIds: [] };
  checkoutsByBoundary.set(boundary.name, killed);
  let isKilled = false;
  const killing = killAtOneOf([boundary], {
    ...{
      replicas: [stack.services[boundary.service]],
      crashSwitch,
      timeline: new Timeline(),
      armed: new Set(),
    },
    ...{ reachedWithinMs: limitMs, isExpired: () => false },
  }).finally(() => (isKilled = true));
  // One checkout reaches the boundary, unless the effects of an earlier kill divert it.
  for (let number = 1; !isKilled; number += 1) {
    const checkout = checkOutOnce(boundary, { number, ...killed });
    checkouts.push(checkout);
    await Promise.race([killing, checkout]);
  }
  killed.wasKilled = (await killing).length > 0;
}

async function checkOutOnce(
  { name, reachedBy }: Boundary,
  { number, history, orderIds }: Omit<KilledCheckouts, 'wasKilled'> & { number: number },
): Promise<void> {
  const scenario = reachedBy[0]!;
  const { orderId } = await checkOut({
    ...{ ...shop, scenario, history, client: 0, checkout: number, isRepeated: true },
    key: `${name}-${number}`,
    lines: fillBasket(shop.assortment, scenario, random),
    retryLimits: { isExpired: () => performance.now() > givenUpAtMs },
  });
  orderIds.push(orderId);
}

describe('a process killed before or after each commit of the saga', () => {
  test.each(boundaries)(
    '$name: the saga is resumed or compensated, and a retry with the same key returns the same result',
    async ({ name, reachedBy }) => {
      const { wasKilled, history, orderIds } = checkoutsByBoundary.get(name)!;
      expect(wasKilled).toBe(true);
      const expected = expectedOrders[reachedBy[0]!];
      await eventually(async () => {
        const orders = await readFinalOrders(stack.databaseUrls.order);
        const created = orders.filter(({ id }) => orderIds.includes(id));
        expect(created).toEqual(
          orderIds.filter((id) => id !== null).map(() => expect.objectContaining(expected)),
        );
        expect(expected === undefined).toBe(orderIds.includes(null));
        expect(checkHistory(history, created, 'cancel')).toEqual({
          lost: [],
          rejectedButApplied: [],
          unresolved: [],
          contradicted: [],
        });
      });
    },
  );

  test('reconciliation finds no breach, and every order was returned to its client', async () => {
    const program = join(__dirname, '../../subgraphs/payment/dist/operate.js');
    await new RefundOperator(stack.databaseUrls.payment, program).retryFailed();
    await expectInvariants(stack.databaseUrls);
    const orders = await readFinalOrders(stack.databaseUrls.order);
    const acknowledged = [...checkoutsByBoundary.values()].flatMap(({ orderIds }) =>
      orderIds.filter((id) => id !== null),
    );
    expect(orders.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
  });
});
