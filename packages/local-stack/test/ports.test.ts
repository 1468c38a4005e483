import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { loadStackConfig, requireFreePorts } from '@shop/local-stack/config';
import { freePorts, isPortFree } from '@shop/local-stack/ports';

test('a port in use is reported in one line that names the variable to change', async () => {
  const otherServer = createServer().listen(0, '0.0.0.0');
  await once(otherServer, 'listening');
  const { port } = otherServer.address() as AddressInfo;
  const config = loadStackConfig({
    ...{ PORT: '0', USER_PORT: '0', PRODUCT_PORT: '0', PAYMENT_PORT: '0' },
    ORDER_PORT: String(port),
  });

  const attempt = requireFreePorts(config);

  await expect(attempt).rejects.toThrow(
    `Port ${port} (ORDER_PORT) is in use: stop the process that listens there, or set another port, for example \`ORDER_PORT=`,
  );
  otherServer.close();
});

test('free ports are free and distinct', async () => {
  const ports = await freePorts(20);

  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map((port) => isPortFree(port)))).not.toContain(false);
});
