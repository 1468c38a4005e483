import { processIdentity } from '@shop/local-stack/processes';
import { serviceNames } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

const notices: string[] = [];
let stack: TestStack;
let otherStack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ onNotice: (line) => notices.push(line), seedProducts: 3 });
  otherStack = await startTestStack();
});
afterAll(() => Promise.all([stack, otherStack].map((one) => one?.stop())));

async function productCount(of: TestStack): Promise<number> {
  const { body } = await rest(of.gatewayUrl)<{ data: unknown[] }>('GET', '/v1/products');
  return body.data.length;
}

test('two stacks run concurrently, each with its own data', async () => {
  expect([await productCount(stack), await productCount(otherStack)]).toEqual([3, 0]);
});

test('the admin of a stack can log in, and GraphQL and REST serve the same shop', async () => {
  const session = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
  const token = String(session.body['access_token']);

  const me = await graphql(stack.gatewayUrl)('{ me { email role } }', { token });

  expect(session.status).toBe(200);
  expect(me.body).toEqual({ data: { me: { email: stack.admin.email, role: 'ADMIN' } } });
});

test('a killed service is restarted at the same URL, and the restart is logged', async () => {
  const { product } = stack.services;
  const killedPid = product.pid;

  product.kill('SIGKILL');

  await eventually(() => expect(notices).toContain(`product is ready again (process ${product.pid})`));
  expect(notices).toContain('product ended by SIGKILL; restarting it in 0.2 s');
  expect(product.pid).not.toBe(killedPid);
  await eventually(async () => expect(await productCount(stack)).toBe(3));
});

test('a stopped service is not restarted until it is started', async () => {
  const { order } = stack.services;

  await order.stop();
  await expect(fetch(`${order.url}/healthz`)).rejects.toThrow();

  await order.start();
  expect((await fetch(`${order.url}/readyz`)).status).toBe(200);
});

test('stopping a stack stops all its processes', async () => {
  const brief = await startTestStack();
  const pids = serviceNames.map((name) => brief.services[name].pid as number);

  await brief.stop();

  expect(pids.map(processIdentity)).toEqual(pids.map(() => undefined));
});
