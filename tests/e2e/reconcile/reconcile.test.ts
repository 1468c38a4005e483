import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
let metricsPort: number;
beforeAll(async () => {
  [metricsPort] = (await freePorts(1)) as [number];
  // Each of four customers has many open orders, because some payments take a second.
  shop = await openShop({
    METRICS_PORT: String(metricsPort),
    ...{ OPEN_ORDERS_PER_CUSTOMER: '1000', HELD_UNITS_PER_CUSTOMER: '1000' },
  });
});
afterAll(() => shop.close());

const program = join(__dirname, '../../../operations/dist/main.js');

/** Runs `npm run reconcile -- --json` against the databases of the stack. */
function reconcile(): Promise<{ code: number | string; stdout: string }> {
  const urls = Object.entries(shop.databaseUrls).map(([name, url]) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  const env = { ...programEnvironment(), ...Object.fromEntries(urls) } as NodeJS.ProcessEnv;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'reconcile', '--json'], { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

const methods = ['sim_success', 'sim_declined', 'sim_processing', 'sim_success'];

async function buyUntil(
  signal: AbortSignal,
  accessToken: string,
  productId: string,
  method?: string,
): Promise<void> {
  do {
    const order = unwrap(await shop.storefronts.REST.placeOrder(accessToken, [{ productId, quantity: 1 }]));
    // The payment can be declined or undecided.
    await shop.storefronts.REST.payOrder(accessToken, order.id, method);
  } while (!signal.aborted);
}

test('finds no breach under load and reports orders in progress separately', async () => {
  const product = await shop.newProduct({ stock: 1_000 });
  const customers = await shop.newCustomers(4);
  const shopping = new AbortController();
  const buying = Promise.all(
    customers.map(({ accessToken }, index) =>
      buyUntil(shopping.signal, accessToken, product.id, methods[index]),
    ),
  );
  const reconciling = (async () => [await reconcile(), await reconcile()] as const)();
  const [first, second] = await reconciling.finally(() => shopping.abort());
  await buying;

  expect([first, second].map(({ code }) => code)).toEqual([0, 0]);
  expect(JSON.parse(second.stdout)).toMatchObject({
    invariants: expect.arrayContaining([
      {
        invariant: 'stock-conserved',
        checked: 1,
        breaches: 0,
        inProgress: 0,
        examples: [],
        inProgressExamples: [],
      },
    ]) as unknown,
  });
  await expectInvariants(shop.databaseUrls);
});

test('each service exposes its own checks at its metrics port', async () => {
  const text = await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    return response.text();
  });
  expect(text).toMatch(/^shop_orders_undecided \d+$/m);
  expect(text).toMatch(/^shop_events_dead_letters 0$/m);
  expect(text).toMatch(/^http_server_request_duration_seconds_count\{route="\/graphql"/m);
});
