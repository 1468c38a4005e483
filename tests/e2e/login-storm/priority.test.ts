import { existsSync, readFileSync } from 'node:fs';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

/** Linux shares processors between these; elsewhere there is nothing to give way in. */
const whereSessionsShare = existsSync('/proc/self/autogroup') ? test : test.skip;

whereSessionsShare('the user process gives way to others while it hashes, and no longer', async () => {
  const weight = () => readFileSync(`/proc/${stack.services.user.pid}/autogroup`, 'utf8');
  expect(weight()).toMatch(/nice 0$/m);
  const signIns = Promise.all(
    Array.from({ length: 20 }, () => rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin })),
  );
  await eventually(() => expect(weight()).toMatch(/nice 15$/m), { intervalMs: 5 });
  for (const { status } of await signIns) expect(status).toBe(200);
  await eventually(() => expect(weight()).toMatch(/nice 0$/m));
});
