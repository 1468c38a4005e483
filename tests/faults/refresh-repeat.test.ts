import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';
import { CrashSwitch } from '../chaos/faults/crash-switch';
import { revive } from '../chaos/faults/revive';

const crashSwitch = new CrashSwitch(mkdtempSync(join(tmpdir(), 'crash-points-')));
let users: TcpProxy;
let stack: TestStack;
beforeAll(async () => {
  const [one, other] = (await freePorts(2)) as [number, number];
  users = await startTcpProxy({ targets: [one, other].map((port) => `http://127.0.0.1:${port}`) });
  stack = await startTestStack({
    env: { CRASH_POINTS_DIR: crashSwitch.directory },
    ports: { user: one },
    replicaPorts: { user: [other] },
    urls: { user: users.url },
  });
});
afterAll(async () => {
  await stack?.stop();
  await users?.close();
  rmSync(crashSwitch.directory, { recursive: true });
});

const newSession = async () => {
  const body = { email: `customer-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const answer = await rest(stack.gatewayUrl)('POST', '/v1/auth/register', { body });
  expect(answer.status).toBe(201);
  return String(answer.body['refresh_token']);
};

const refresh = (token: string) =>
  rest(stack.gatewayUrl)('POST', '/v1/auth/refresh', { body: { refresh_token: token } });

/** As a good client: 503 says that nothing is known. */
const refreshUntilAnswered = (token: string) =>
  eventually(async () => {
    const answer = await refresh(token);
    expect(answer.status).not.toBe(503);
    return answer;
  });

describe('two user processes', () => {
  test('answer 50 concurrent uses of one refresh token equally, then revoke the family on reuse', async () => {
    const token = await newSession();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(token)));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    const next = await refresh(String(answers[0]?.body['refresh_token']));
    expect(next.status).toBe(200);
    expect((await refresh(token)).status).toBe(401);
    expect((await refresh(String(next.body['refresh_token']))).status).toBe(401);
  });

  test.each(['before-commit', 'after-commit'])(
    'keep a session whose refresh lost its answer with the process, %s',
    async (side) => {
      const token = await newSession();
      const living = stack.replicas.user.map((service) => ({ service, pid: service.pid }));
      crashSwitch.arm(`user.refresh_token_exchanged.${side}`);
      expect((await refresh(token)).status).toBe(503);
      const answer = await refreshUntilAnswered(token);
      expect(answer.status).toBe(200);
      const next = await refreshUntilAnswered(String(answer.body['refresh_token']));
      expect(next.status).toBe(200);

      await eventually(() => expect(living.some(({ service, pid }) => service.pid !== pid)).toBe(true));
      for (const { service, pid } of living) if (service.pid !== pid) await revive(service, pid);
    },
  );
});
