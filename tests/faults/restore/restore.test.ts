import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { withClient } from '@shop/local-stack/postgres';
import { databaseNames, type Stack } from '@shop/local-stack/stack';
import type { ReconcileReport } from '@shop/operations/reconcile';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { currentTestRun } from '@shop/testkit/run';
import { logInAs } from '../../chaos/clients/account';
import { requestsTo } from '../../chaos/clients/request';
import { registerCustomers, runCustomers } from '../../chaos/clients/run-customers';
import { checkHistory } from '../../chaos/history/check-history';
import { readFinalOrders } from '../../chaos/history/final-orders';
import { History } from '../../chaos/history/history';
import { Timeline } from '../../chaos/observation/timeline';
import { createRandom } from '../../chaos/random/random';
import { addProduct, createAssortment } from '../../chaos/shop/assortment';
import { expectInvariants } from '../../invariants';
import { type ArchivedPostgres, startArchivedPostgres } from './archived-postgres';
import {
  ageRecords,
  type DatabaseUrls,
  killShop,
  type ProviderRecords,
  readProviderRecords,
  startShopOn,
  urlsOf,
  writeProviderRecords,
} from './restored-shop';
import { Sales } from './sales';

/** Restored servers: all databases at the restore point, and some seconds before it. */
let restored: Record<'atPoint' | 'atPointAgain' | 'earlier', DatabaseUrls>;
let postgres: ArchivedPostgres;
let port: number;
let sales: Sales;
/** Of the load, as its clients knew it at the restore point. */
const acknowledged = new History();
let providerRecords: ProviderRecords;

beforeAll(async () => {
  const directory = mkdtempSync(join(currentTestRun().directory, 'archived-'));
  postgres = await startArchivedPostgres(directory, Object.values(databaseNames));
  [port] = (await freePorts(1)) as [number];
  const stack = await startShopOn(urlsOf(postgres), { port, isPrepared: false });
  const earlierTime = await sellUntilFailure(stack);
  const [atPoint, atPointAgain, earlier] = await Promise.all([
    postgres.restore('at-point', { name: 'point' }),
    postgres.restore('at-point-again', { name: 'point' }),
    postgres.restore('earlier', { time: earlierTime }),
  ]);
  restored = { atPoint: urlsOf(atPoint), atPointAgain: urlsOf(atPointAgain), earlier: urlsOf(earlier) };
}, 300_000);
afterAll(() => postgres.stop());

/**
 * Sells under load; the base backup, the earlier time and the restore point are taken meanwhile. Then
 * everything is killed.
 *
 * @returns the earlier time
 */
async function sellUntilFailure(stack: Stack): Promise<string> {
  const send = requestsTo(stack.gatewayUrl);
  const admin = await logInAs(send, stack.admin);
  const [customer, ...customers] = await registerCustomers(send, 4);
  sales = new Sales(customer!, admin, await addProduct(admin, 1_000));
  let hasFailed = false;
  const history = new History();
  const load = runCustomers({
    ...{
      customers,
      admin,
      history,
      assortment: await createAssortment(admin),
      random: createRandom('restore'),
    },
    timeline: new Timeline(),
    choose: (random) =>
      random.pick([
        'buy',
        'declined',
        'response_lost',
        'processing',
        'cancel',
        'admin_cancel',
        'double_click',
      ]),
    isEnough: () => hasFailed,
    retryLimits: { isExpired: () => hasFailed },
  });
  await sales.buy('before-backup');
  await postgres.takeBaseBackup();
  await sales.buy('in-wal', 'cancelled-between', 'refund-lost', 'refunded');
  await sales.cancel('admin', 'refunded');
  await sales.place('left', 'paid-between', 'returning', 'absent', 'declined');
  const declined = await sales.sendPay(sales.idOf('declined'), 'declined', 'sim_declined');
  expect(declined.code).toBe('payment_declined');

  const earlierTime = await postgres.now();
  await sales.buy('between');
  await sales.pay('paid-between');
  await sales.cancel('admin', 'cancelled-between');
  await sales.cancel('customer', 'left');
  await untilRefundDelivered(stack.databaseUrls.payment, 'cancelled-between');

  acknowledged.operations.push(
    ...structuredClone(history.operations.filter(({ outcome }) => outcome === 'acknowledged')),
  );
  await postgres.createRestorePoint('point');
  await sales.pay('returning', 'absent');
  await sales.buy('lost');
  await sales.cancel('admin', 'refund-lost');
  await untilRefunded(stack.databaseUrls.payment, 'refund-lost');

  await postgres.archiveAll();
  hasFailed = true;
  await killShop(stack);
  providerRecords = await readProviderRecords(stack.databaseUrls.payment);
  await postgres.kill();
  await load;
  return earlierTime;
}

/** The provider's successful charges of an order; `isRefunded` of each. */
function chargesOf(paymentUrl: string, name: string): Promise<boolean[]> {
  const sql = `SELECT EXISTS (SELECT FROM simulator.refunds WHERE charge_key = charges.key AND settles_at <= now()) AS is_refunded
                 FROM simulator.charges WHERE order_id = $1 AND outcome = 'succeeded'`;
  return withClient(paymentUrl, async (client) => {
    const { rows } = await client.query<{ is_refunded: boolean }>(sql, [sales.idOf(name)]);
    return rows.map((row) => row.is_refunded);
  });
}

const untilRefunded = (paymentUrl: string, name: string) =>
  eventually(async () => expect(await chargesOf(paymentUrl, name)).toEqual([true]));

/** The refund is recorded, and the order has got its event. */
async function untilRefundDelivered(paymentUrl: string, name: string): Promise<void> {
  await untilRefunded(paymentUrl, name);
  const sql = `SELECT status, EXISTS (SELECT FROM event_deliveries WHERE event->'data'->>'orderId' = $1) AS is_waiting
                 FROM payments WHERE order_id::text = $1`;
  await withClient(paymentUrl, async (client) =>
    eventually(async () => {
      const { rows } = await client.query(sql, [sales.idOf(name)]);
      expect(rows).toEqual([{ status: 'REFUNDED', is_waiting: false }]);
    }),
  );
}

interface Reconciled extends ReconcileReport {
  code: number | string;
  healed: { orderId: string; action: string; problem?: string }[];
}

/** `npm run reconcile -- --all --json …` */
function reconcile(databaseUrls: DatabaseUrls, ...args: string[]): Promise<Reconciled> {
  const program = join(__dirname, '../../../operations/dist/main.js');
  const urls = Object.entries(databaseUrls).map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, url]);
  const env = { ...programEnvironment(), ...Object.fromEntries(urls) } as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    const all = [program, 'reconcile', '--all', '--json', ...args];
    execFile(process.execPath, all, { env }, (error, stdout, stderr) => {
      if (stdout) resolve({ ...(JSON.parse(stdout) as Reconciled), code: error?.code ?? 0 });
      else reject(new Error(stderr));
    });
  });
}

const nameOf = (orderId: string) => [...sales.orderIds].find(([, id]) => id === orderId)?.[0] ?? 'load';

/** Restored databases before the services start. */
async function prepare(databaseUrls: DatabaseUrls): Promise<void> {
  await writeProviderRecords(databaseUrls.payment, providerRecords);
  await ageRecords(databaseUrls);
}

/** @returns the actions by the name of the order, without those of the load */
async function heal(databaseUrls: DatabaseUrls): Promise<Record<string, string[]>> {
  const { code, healed } = await reconcile(databaseUrls, '--heal');
  expect(code).toBe(1);
  expect(healed.filter(({ problem }) => problem !== undefined)).toEqual([]);
  const named = healed.map((done) => ({ ...done, name: nameOf(done.orderId) }));
  const byName = Map.groupBy(named, ({ name }) => name);
  byName.delete('load');
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(({ action }) => action)]));
}

/** What heals is in progress for some seconds, and may have to be healed again as its records change. */
async function untilClean(databaseUrls: DatabaseUrls): Promise<void> {
  await eventually(
    async () => {
      try {
        await expectInvariants(databaseUrls, { timeoutMs: 20_000 });
      } catch (error) {
        await reconcile(databaseUrls, '--heal');
        throw error;
      }
    },
    { timeoutMs: 120_000 },
  );
  expect((await reconcile(databaseUrls)).code).toBe(0);
}

test('all databases at one moment: later sales are refunded or recorded, and a retry is not charged again', async () => {
  const databaseUrls = restored.atPoint;
  await prepare(databaseUrls);
  const stack = await startShopOn(databaseUrls, { port, isPrepared: true });
  try {
    const { code, invariants } = await reconcile(databaseUrls);
    expect(code).toBe(1);
    const broken = invariants.filter(({ breaches }) => breaches > 0);
    expect(broken.map(({ invariant }) => invariant)).toEqual(['provider-agrees']);

    // A client repeats the payment with its key before anybody has healed anything.
    await eventually(async () =>
      expect((await sales.sendPay(sales.idOf('returning'), 'returning')).status).toBe(200),
    );
    expect(await chargesOf(databaseUrls.payment, 'returning')).toEqual([false]);
    expect((await sales.sendPay(sales.idOf('lost'), 'lost')).status).toBe(404);

    expect(await heal(databaseUrls)).toEqual({
      absent: ['charge recorded'],
      lost: ['charge recorded, and refunded: the order does not exist'],
      'refund-lost': ['refund requested'],
    });
    await untilClean(databaseUrls);
    await sales.expectStatuses({
      ...{
        'before-backup': 'CONFIRMED',
        'in-wal': 'CONFIRMED',
        between: 'CONFIRMED',
        'paid-between': 'CONFIRMED',
      },
      ...{
        refunded: 'CANCELLED',
        declined: 'CANCELLED',
        left: 'CANCELLED',
        'cancelled-between': 'CANCELLED',
      },
      ...{ returning: 'CONFIRMED', absent: 'CONFIRMED', 'refund-lost': 'CANCELLED', lost: 'order_not_found' },
    });
    await untilRefunded(databaseUrls.payment, 'lost');
    expect(await chargesOf(databaseUrls.payment, 'absent')).toEqual([false]);
    const { lost, contradicted } = checkHistory(
      acknowledged,
      await readFinalOrders(databaseUrls.order),
      'cancel',
    );
    expect({ lost, contradicted }).toEqual({ lost: [], contradicted: [] });
    expect(acknowledged.operations.length).toBeGreaterThan(0);

    // The customer orders again with the old key: the lost charge is refunded, the new one is held.
    const again = await sales.sendCreate('lost');
    expect(again.status).toBe(201);
    sales.orderIds.set('again', String(again.body['id']));
    await sales.pay('again');
    expect(await chargesOf(databaseUrls.payment, 'again')).toEqual([false]);
    await expectInvariants(databaseUrls);
  } finally {
    await stack.stop();
  }
});

/** Heals the databases before the services start, as operators do; `check` runs when no breach is left. */
async function withHealedShop(
  databaseUrls: DatabaseUrls,
  check: (healed: Record<string, string[]>) => Promise<void>,
): Promise<void> {
  await prepare(databaseUrls);
  const healed = await heal(databaseUrls);
  const stack = await startShopOn(databaseUrls, { port, isPrepared: true });
  try {
    await untilClean(databaseUrls);
    await check(healed);
  } finally {
    await stack.stop();
  }
}

test('orders some seconds earlier than the other databases: stock is released, charges are refunded or confirm their order', async () => {
  const databaseUrls = { ...restored.atPointAgain, order: restored.earlier.order };
  await withHealedShop(databaseUrls, async (healed) => {
    expect(healed).toMatchObject({
      between: ['stock RELEASED', 'refund requested'],
      'paid-between': ['payment.succeeded sent again'],
      'cancelled-between': ['payment.refunded sent again'],
      left: ['its stock was released: expired'],
      absent: ['charge recorded'],
      lost: ['charge recorded, and refunded: the order does not exist'],
    });
    await sales.expectStatuses({
      ...{ 'in-wal': 'CONFIRMED', 'paid-between': 'CONFIRMED', absent: 'CONFIRMED', returning: 'CONFIRMED' },
      ...{ left: 'CANCELLED', 'cancelled-between': 'CANCELLED', 'refund-lost': 'CANCELLED' },
      ...{ between: 'order_not_found', lost: 'order_not_found' },
    });
    await untilRefunded(databaseUrls.payment, 'between');
  });
});

test('orders some seconds later than stock and payments: stock is reserved again, payments are recorded again', async () => {
  const databaseUrls = { ...restored.earlier, order: restored.atPointAgain.order };
  await withHealedShop(databaseUrls, async (healed) => {
    expect(healed).toMatchObject({
      between: ['stock COMMITTED', 'charge recorded'],
      'paid-between': ['stock COMMITTED', 'charge recorded'],
      'cancelled-between': ['stock RELEASED', 'refund requested'],
      left: ['stock RELEASED'],
    });
    await sales.expectStatuses({
      ...{ between: 'CONFIRMED', 'paid-between': 'CONFIRMED', absent: 'CONFIRMED', returning: 'CONFIRMED' },
      ...{
        left: 'CANCELLED',
        'cancelled-between': 'CANCELLED',
        'refund-lost': 'CANCELLED',
        lost: 'order_not_found',
      },
    });
    expect(await chargesOf(databaseUrls.payment, 'between')).toEqual([false]);
  });
});
