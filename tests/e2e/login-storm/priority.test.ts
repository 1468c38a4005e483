import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

/** Threads have their own nice value on Linux only. */
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('only the hashing threads of the user process have a lower priority', async () => {
  const logIn = async () => {
    const { status } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
    expect(status).toBe(200);
  };
  // Retried, because a login can time out in the queue of an overloaded machine.
  await Promise.all(Array.from({ length: 20 }, () => eventually(logIn, { timeoutMs: 60_000 })));
  const pid = stack.services.user.pid as number;
  const own = niceOf(pid, pid);
  const others = readdirSync(`/proc/${pid}/task`).map((thread) => niceOf(pid, thread) - own);
  expect([...new Set(others)].sort((one, other) => one - other)).toEqual([0, 10]);
});

/** proc_pid_stat(5): nice is the 17th field after the name, which can contain spaces. */
function niceOf(pid: number, thread: number | string): number {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}
