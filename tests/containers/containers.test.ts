import {
  adminPassword,
  containerServices,
  gatewayUrl,
  inspectContainer,
  startContainer,
  stopContainer,
  waitUntilHealthy,
} from '@shop/local-stack/containers';
import { testPurchases } from '../e2e/purchase/purchase-cases';
import { connectToShop, type ShopClient } from '../e2e/shop';
import { reconcileContainers } from './reconcile';

let shop: ShopClient;
beforeAll(async () => {
  const admin = {
    email: process.env['ADMIN_EMAIL'] ?? 'admin@shop.example',
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

testPurchases(() => shop);

test('reconciliation finds no breach afterwards', async () => {
  await expect(reconcileContainers()).resolves.toContain('no breach');
});
