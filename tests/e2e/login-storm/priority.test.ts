import { existsSync, readFileSync } from 'node:fs';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

/** Linux shares processors between these; elsewhere there is no such priority. */
const onLinux = existsSync('/proc/self/autogroup') ? test : test.skip;

onLinux('the user process has a lower priority while it hashes, and only then', async () => {
  const weight = () => readFileSync(`/proc/${stack.services.user.pid}/autogroup`, 'utf8');
  expect(weight()).toMatch(/nice 0$/m);
  const logIn = async () => {
    const { status } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
    expect(status).toBe(200);
  };
  // Repeated, because on a busy machine some wait too long for their hash.
  const logins = Promise.all(Array.from({ length: 20 }, () => eventually(logIn, { timeoutMs: 60_000 })));
  await eventually(() => expect(weight()).toMatch(/nice 15$/m), { intervalMs: 5 });
  await logins;
  await eventually(() => expect(weight()).toMatch(/nice 0$/m));
});
