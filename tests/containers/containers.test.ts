import { randomBytes } from 'node:crypto';
import {
  addContainer,
  adminPassword,
  containerServices,
  execute,
  gatewayUrl,
  imageSize,
  inspectContainer,
  operate,
  readLogs,
  readMasterSecrets,
  startContainer,
  stopContainer,
  waitUntilHealthy,
} from '@shop/local-stack/containers';
import { rest } from '@shop/testkit/http';
import { testPurchases } from '../e2e/purchase/purchase-cases';
import { connectToShop, type ShopClient } from '../e2e/shop';
import { reconcileContainers } from './reconcile';
import { executeRegistered, registerDocument } from './registered-document';

let shop: ShopClient;
beforeAll(async () => {
  const admin = {
    email: process.env['ADMIN_EMAIL'] || 'admin@shop.example',
    password: await adminPassword(),
  };
  shop = await connectToShop(await gatewayUrl(), admin);
});

describe.each(containerServices)('the container %s', (service) => {
  test('has a read-only root file system, no capability to gain privileges, and a memory limit', async () => {
    const { HostConfig } = await inspectContainer(service);

    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
    expect(HostConfig.Memory).toBeGreaterThan(0);
  });

  test('publishes a port only if it is the gateway', async () => {
    const { HostConfig } = await inspectContainer(service);

    expect(Object.keys(HostConfig.PortBindings ?? {})).toEqual(service === 'gateway' ? ['8080/tcp'] : []);
  });
});

test.each(['gateway', 'user', 'product', 'order', 'payment', 'nats', 'valkey'] as const)(
  'the container %s does not run as root, and mounts no secrets of another one',
  async (service) => {
    const { Config, Mounts } = await inspectContainer(service);

    expect(Config.User).toMatch(/^(node|1000:1000)$/);
    const secrets = Mounts.filter(({ Destination }) => Destination === '/run/secrets');
    expect(secrets).toEqual([
      expect.objectContaining({ Name: expect.stringMatching(`_${service}-secrets$`), RW: false }),
    ]);
  },
);

test('SIGTERM reaches the service, which ends with exit code 0', async () => {
  const exitCode = await stopContainer('product');
  await startContainer('product');
  await waitUntilHealthy('product');

  expect(exitCode).toBe(0);
});

test('a document that was registered before the gateway restarted is executed by its hash', async () => {
  const url = await gatewayUrl();
  const hash = await registerDocument(url);
  await stopContainer('gateway');
  await startContainer('gateway');
  await waitUntilHealthy('gateway');

  await expect(executeRegistered(await gatewayUrl(), hash)).resolves.toBeUndefined();
});

test('the image has at most 180 MB of layers over its base', async () => {
  const { addedBytes } = await imageSize();

  expect(addedBytes).toBeGreaterThan(0);
  expect(addedBytes).toBeLessThanOrEqual(180e6);
});

test('/metrics is served in the network of the containers, and not on the published port', async () => {
  const inside = await execute('gateway', printUrl('http://127.0.0.1:9464/metrics'));
  const published = await fetch(new URL('/metrics', await gatewayUrl()));

  expect(inside).toContain('# TYPE http_server_request_duration_seconds histogram');
  expect(published.status).toBe(404);
  expect(await published.text()).not.toContain('# TYPE');
});

testPurchases(() => shop);

test('`operate orders show` prints a link to the trace of an order with TRACE_URL_TEMPLATE', async () => {
  const { orderId, traceId } = await createTracedOrder();

  const { output } = await operate(['orders', 'show', orderId], {
    TRACE_URL_TEMPLATE: 'https://traces.example/{traceId}',
  });

  expect(output).toContain(`https://traces.example/${traceId}`);
});

test('reconcile of the profile observability is healthy after its first run, which it serves to Prometheus', async () => {
  const stop = await addContainer('reconcile');
  try {
    await waitUntilHealthy('reconcile');
    const { HostConfig } = await inspectContainer('reconcile');
    const metrics = await execute('reconcile', printUrl('http://127.0.0.1:9464/metrics'));

    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], PortBindings: {} });
    expect(metrics).toMatch(/^shop_reconciled_timestamp_seconds \d+/m);
    expect(metrics.match(/^shop_invariant_breaches\{.*$/gm)).toContain(
      'shop_invariant_breaches{invariant="stock-conserved"} 0',
    );
  } finally {
    expect(await stop()).toBe(0);
  }
});

test('no log of a container contains a secret', async () => {
  const secrets = await readMasterSecrets();
  const logs = await readLogs();

  expect(Object.keys(secrets)).toEqual(expect.arrayContaining(['admin', 'role-order', 'nats']));
  expect(logs).toContain('"service":"gateway"');
  expect(Object.keys(secrets).filter((name) => logs.includes(secrets[name]!))).toEqual([]);
});

test('reconciliation finds no breach afterwards', async () => {
  await expect(reconcileContainers()).resolves.toContain('no breach');
});

/** A command that prints what a URL returns: the image has no HTTP client other than Node. */
function printUrl(url: string): string[] {
  return ['node', '--print', `fetch('${url}').then((it) => it.text()).then(console.log)`];
}

/** An order of a new customer, placed by a request with a trace ID. */
async function createTracedOrder(): Promise<{ orderId: string; traceId: string }> {
  const traceId = randomBytes(16).toString('hex');
  const { accessToken: token } = await shop.newCustomer();
  const { id } = await shop.newProduct();
  const { body } = await rest(shop.gatewayUrl)<{ id: string }>('POST', '/v1/orders', {
    token,
    body: { items: [{ product_id: id, qty: 1 }] },
    headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-00` },
  });
  return { orderId: body.id, traceId };
}
