import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { graphql } from '@shop/testkit/http';
import { serviceCredential } from '@shop/testkit/keys';
import { type OrderProcess, startOrderProcess } from '../../subgraphs/order/test/support/order-process';
import { type Neighbours, startNeighbours } from '../../subgraphs/order/test/support/services';
import { newCustomer, shopAt } from '../../subgraphs/order/test/support/shop';
import {
  type OrderSubscriber,
  startOrderSubscriber,
} from '../../subgraphs/payment/test/support/order-subscriber';
import {
  type PaymentProcess,
  startPaymentProcess,
} from '../../subgraphs/payment/test/support/payment-process';
import { newAttempt } from '../../subgraphs/payment/test/support/payment-service';
import { CrashSwitch } from '../chaos/faults/crash-switch';
import { expectInvariants } from '../invariants';

// A process stays stopped until another one has completed the work, which needs less than 60 s.
const crashSwitch = new CrashSwitch(mkdtempSync(join(tmpdir(), 'stop-points-')));
const stoppable = { CRASH_POINTS_DIR: crashSwitch.directory };
afterAll(() => rmSync(crashSwitch.directory, { recursive: true }));

/** Sends a request and resolves with the pending response when its process stops at `point`. */
async function stopAt<Result>(point: string, request: () => Promise<Result>) {
  crashSwitch.arm(point, 'SIGSTOP');
  const response = request();
  await eventually(() => expect(crashSwitch.isArmed(point)).toBe(false));
  return { response };
}

describe('a process stopped by SIGSTOP for 60 s', () => {
  describe('an order process: its stale write is rejected', () => {
    let neighbours: Neighbours;
    let stopped: OrderProcess;
    let other: OrderProcess;
    const shop = (process = other) => shopAt(process.url, neighbours);
    beforeAll(async () => {
      neighbours = await startNeighbours();
      const environment = { ...neighbours.orderEnvironment, ...stoppable };
      stopped = await startOrderProcess(environment);
      other = await startOrderProcess(environment);
      neighbours.proxies.order.setTarget(stopped.url);
    });
    afterEach(() => stopped.resume());
    afterAll(async () => {
      await Promise.all([stopped.kill(), other.kill()]);
      await neighbours.stop();
    });

    /** All rows of an order in all databases. */
    async function recordsOf(orderId: string) {
      const { sql } = shop();
      const of = (database: 'order' | 'product' | 'payment', table: string, key = 'order_id') =>
        sql(database, `SELECT * FROM ${table} WHERE ${key} = $1 ORDER BY 1, 2`, [orderId]);
      return Promise.all([
        ...[of('order', 'orders', 'id'), of('order', 'order_items'), of('order', 'order_events')],
        ...[of('product', 'reservations'), of('product', 'reservation_lines')],
        ...[of('payment', 'payments'), of('payment', 'simulator.charges')],
      ]);
    }

    /** Makes orders due until the other process has moved the order to `step`. */
    const completeWithOther = (orderId: string, step: string | undefined) =>
      eventually(
        async () => {
          await shop().makeOrdersDue();
          expect(await shop().stepOf(orderId)).toBe(step);
        },
        { timeoutMs: 40_000, intervalMs: 200 },
      );

    test('stopped before it reserves stock for a draft that is abandoned in the meantime: reserves nothing', async () => {
      const customer = newCustomer();
      const productId = await shop().newProduct({ stock: 10 });
      const items = [{ productId, quantity: 3 }];
      const { response } = await stopAt('order.draft_opened.after-commit', () =>
        shop(stopped).createOrder(customer, items),
      );
      const [draft] = await shop().sql<{ id: string }>(
        'order',
        `UPDATE orders SET created_at = now() - interval '61 seconds' WHERE user_id = $1 RETURNING id`,
        [customer.userId],
      );
      await completeWithOther(draft!.id, undefined);

      stopped.resume();
      expect(await response).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(await shop().stepOf(draft!.id)).toBeUndefined();
      expect(await shop().stockOf(productId)).toBe(10);
      await expectInvariants(neighbours.databaseUrls);
    });

    test.each([
      ['before it charges', 'order.payment_started.after-commit'],
      ['before its commit, with the order locked', 'order.payment_succeeded.before-commit'],
    ])('stopped %s while another process completes the order: writes nothing', async (_when, point) => {
      const customer = newCustomer();
      const items = [{ productId: await shop().newProduct({ stock: 10 }), quantity: 3 }];
      const { id } = await shop().newOrder(customer, items);
      const { response } = await stopAt(point, () =>
        shop(stopped).payOrder(customer, id, 'sim_success', 'key'),
      );
      await completeWithOther(id, 'SETTLED');
      const records = await recordsOf(id);

      stopped.resume();
      await response;
      expect(await recordsOf(id)).toEqual(records);
      const replay = await shop().payOrder(customer, id, 'sim_success', 'key');
      expect(replay).toMatchObject({ result: { __typename: 'PayOrderSuccess' }, replayed: true });
      await expectInvariants(neighbours.databaseUrls);
    });
  });

  describe('a payment process: its stale write is rejected', () => {
    let database: TestDatabase;
    let subscriber: OrderSubscriber;
    let stopped: PaymentProcess;
    let other: PaymentProcess;
    beforeAll(async () => {
      database = await cloneDatabase('payment');
      subscriber = await startOrderSubscriber();
      stopped = await startPaymentProcess(database.url, subscriber.url, stoppable);
      other = await startPaymentProcess(database.url, subscriber.url);
    });
    afterEach(() => stopped.resume());
    afterAll(async () => {
      await Promise.all([stopped.kill(), other.kill()]);
      await subscriber.stop();
      await database.drop();
    });

    const sql = <Row>(text: string, values?: unknown[]) =>
      withClient(database.url, async (client) => (await client.query(text, values)).rows as Row[]);

    async function send(process: PaymentProcess, mutation: string, variables: object) {
      const headers = { 'x-service-authorization': `Bearer ${serviceCredential('order', 'payment')}` };
      const { body } = await graphql(process.url)<{ result: { outcome: string } }>(mutation, {
        variables: { ...variables },
        headers,
      });
      return body.data?.result.outcome;
    }
    const charge = (process: PaymentProcess, input: object) =>
      send(
        process,
        'mutation ($input: CreatePaymentIntentInput!) { result: createPaymentIntent(input: $input) { outcome } }',
        { input },
      );
    const refund = (process: PaymentProcess, orderId: string) =>
      send(process, 'mutation ($orderId: ID!) { result: refundPayment(orderId: $orderId) { outcome } }', {
        orderId,
      });

    const recordsOf = (orderId: string) =>
      sql(
        `SELECT payments.*, charges.*, refunds.*, given.* FROM payments
         JOIN simulator.charges ON charges.key = provider_key
         LEFT JOIN refunds ON payment_id = payments.id LEFT JOIN simulator.refunds AS given ON given.charge_key = charges.key
         WHERE payments.order_id = $1`,
        [orderId],
      );
    const statusBecomes = (orderId: string, status: string) =>
      eventually(async () => {
        for (const table of ['payments', 'refunds'])
          await sql(`UPDATE ${table} SET due_at = now() WHERE due_at IS NOT NULL`);
        expect(await sql('SELECT status FROM payments WHERE order_id = $1', [orderId])).toEqual([{ status }]);
      });
    const deliveredOf = (orderId: string) => new Set(subscriber.eventsOf(orderId).map(({ id }) => id)).size;

    test('stopped before it calls the provider, while another process charges: one charge, published once', async () => {
      const attempt = newAttempt();
      const { orderId } = attempt;
      const { response } = await stopAt('payment.attempt_opened.after-commit', () =>
        charge(stopped, attempt),
      );
      await statusBecomes(orderId, 'SUCCEEDED');
      const records = await recordsOf(orderId);

      stopped.resume();
      expect(await response).toBe('SUCCEEDED');
      expect(records).toHaveLength(1);
      expect(await recordsOf(orderId)).toEqual(records);
      await eventually(() => expect(deliveredOf(orderId)).toBe(1));
    });

    test('stopped after it stored a refund that another process executes: one refund', async () => {
      const attempt = newAttempt();
      const { orderId } = attempt;
      await charge(other, attempt);
      const { response } = await stopAt('payment.refund_begun.after-commit', () => refund(stopped, orderId));
      await statusBecomes(orderId, 'REFUNDED');
      const records = await recordsOf(orderId);

      stopped.resume();
      expect(await response).toBe('PENDING');
      expect(records).toHaveLength(1);
      expect(await recordsOf(orderId)).toEqual(records);
    });
  });
});
