import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

/** A Stripe server that creates one PaymentIntent per key and responds to nothing else. */
async function startSilentProvider(): Promise<Server> {
  const created = new Set<string | null>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const key = form.get('metadata[provider_key]');
      if (request.method !== 'POST' || request.url !== '/v1/payment_intents' || created.has(key)) return;
      created.add(key);
      const intent = {
        ...{ id: 'pi_silent', object: 'payment_intent', status: 'requires_payment_method' },
        ...{ amount: Number(form.get('amount')), currency: form.get('currency'), latest_charge: null },
        ...{ last_payment_error: null, metadata: { provider_key: key } },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(intent));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let provider: Server;
let shop: Shop;
let stripe: Record<string, string>;

beforeAll(async () => {
  provider = await startSilentProvider();
  stripe = {
    STRIPE_SECRET_KEY: 'sk_test_silent',
    STRIPE_WEBHOOK_SECRET: 'whsec_silent',
    STRIPE_API_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
  };
  shop = await openShop({}, { PAYMENT_PROVIDER: 'stripe', ...stripe });
});
afterAll(async () => {
  await shop.close();
  provider.closeAllConnections();
  provider.close();
});

const program = join(__dirname, '../../../operations/dist/main.js');

/** Runs `npm run payments -- …` against the databases of the stack. */
function payments(...args: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const urls = Object.entries(shop.databaseUrls).map(([name, url]) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  const env = { ...programEnvironment(), ...stripe, ...Object.fromEntries(urls) } as NodeJS.ProcessEnv;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'payments', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('an order whose provider never responds', () => {
  test.each([
    ['succeeded', 'CONFIRMED', 1],
    ['failed', 'CANCELLED', 4],
  ])('is settled by an operator as %s and becomes %s', async (as, status, stock) => {
    const storefront = shop.storefronts.REST;
    const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 4, quantity: 3 });
    await storefront.payOrder(accessToken, order.id, 'pm_card_visa');
    const listed = await payments('list', '--undecided', '--order', order.id, '--json');
    const { paymentId, status: listedStatus } = JSON.parse(listed.stdout) as Record<string, string>;
    expect(listedStatus).toBe('UNKNOWN');

    const settle = ['settle', paymentId!, '--as', as, '--reason', 'seen in the dashboard'];
    const rejected = await payments(...settle);
    expect(rejected.code).toBe(2);
    expect(rejected.stderr).toContain('stripe did not respond');
    expect(await payments(...settle, '--without-provider')).toMatchObject({ code: 0 });

    await eventually(async () => {
      const settled = unwrap(await storefront.order(accessToken, order.id));
      expect(settled.status).toBe(status);
      expect(unwrap(await storefront.product(product.id)).stock).toBe(stock);
    });
    const response = await fetch(`${shop.gatewayUrl}/v1/orders/${order.id}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const { timeline } = (await response.json()) as { timeline: { message: string }[] };
    expect(timeline.map(({ message }) => message)).toContain(
      `Payment settled by an operator as ${as}: seen in the dashboard.`,
    );
    await expectInvariants(shop.databaseUrls);
  });
});
