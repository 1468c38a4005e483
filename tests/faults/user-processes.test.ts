import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { type HttpResponse, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { startTcpProxy, type TcpProxy } from '@shop/testkit/tcp-proxy';
import { CrashSwitch } from '../chaos/faults/crash-switch';
import { restartAfterExit } from '../chaos/faults/restart-after-exit';

const crashSwitch = new CrashSwitch(mkdtempSync(join(tmpdir(), 'crash-points-')));
let users: TcpProxy;
let stack: TestStack;
beforeAll(async () => {
  const [first, second] = (await freePorts(2)) as [number, number];
  users = await startTcpProxy({ targets: [first, second].map((port) => `http://127.0.0.1:${port}`) });
  stack = await startTestStack({
    env: { CRASH_POINTS_DIR: crashSwitch.directory },
    ports: { user: first },
    replicaPorts: { user: [second] },
    urls: { user: users.url },
  });
});
afterAll(async () => {
  await stack?.stop();
  await users?.close();
  rmSync(crashSwitch.directory, { recursive: true });
});

const newCustomer = async () => {
  const credentials = { email: `customer-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const { status, body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/register', { body: credentials });
  expect(status).toBe(201);
  return {
    credentials,
    accessToken: String(body['access_token']),
    refreshToken: String(body['refresh_token']),
  };
};

const refresh = (token: string) =>
  rest(stack.gatewayUrl)('POST', '/v1/auth/refresh', { body: { refresh_token: token } });

/** Retries on 503: the outcome is unknown. */
const retryUnavailable = (send: () => Promise<HttpResponse<Record<string, unknown>>>) =>
  eventually(async () => {
    const response = await send();
    expect(response.status).not.toBe(503);
    return response;
  });
const refreshWithRetry = (token: string) => retryUnavailable(() => refresh(token));

/** Restarts the process that was killed. */
async function restartKilled(before: readonly (number | undefined)[]): Promise<void> {
  const processes = stack.replicas.user.map((service, index) => ({ service, pid: before[index] }));
  await eventually(() => expect(processes.some(({ service, pid }) => service.pid !== pid)).toBe(true));
  for (const { service, pid } of processes) if (service.pid !== pid) await restartAfterExit(service, pid);
}

const pidsOf = () => stack.replicas.user.map(({ pid }) => pid);

describe('two user processes', () => {
  test('return the same successor to 50 concurrent uses of one refresh token, then revoke the session on reuse', async () => {
    const { refreshToken: token } = await newCustomer();
    const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(token)));
    expect(new Set(responses.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(responses[0]?.status).toBe(200);
    const next = await refresh(String(responses[0]?.body['refresh_token']));
    expect(next.status).toBe(200);
    expect((await refresh(token)).status).toBe(401);
    expect((await refresh(String(next.body['refresh_token']))).status).toBe(401);
  });

  test.each(['before-commit', 'after-commit'])(
    'keep a session whose refresh response is lost because a process is killed %s',
    async (side) => {
      const { refreshToken: token } = await newCustomer();
      const pids = pidsOf();
      crashSwitch.arm(`user.refresh_token_exchanged.${side}`);
      expect((await refresh(token)).status).toBe(503);
      const response = await refreshWithRetry(token);
      expect(response.status).toBe(200);
      const next = await refreshWithRetry(String(response.body['refresh_token']));
      expect(next.status).toBe(200);
      await restartKilled(pids);
    },
  );

  test.each([
    ['before-commit', 'unchanged', 200],
    ['after-commit', 'changed', 401],
  ])('change a password atomically if one is killed %s: %s', async (side, _password, withOld) => {
    const { credentials, accessToken: token } = await newCustomer();
    const phone = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: credentials });
    const pids = pidsOf();
    crashSwitch.arm(`user.password_changed.${side}`);
    const body = { current_password: credentials.password, new_password: 'correct horse battery staple' };
    const lost = await rest(stack.gatewayUrl)('POST', '/v1/auth/password', { token, body });
    expect(lost.status).toBe(503);
    const login = (password: string) =>
      retryUnavailable(() =>
        rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: { ...credentials, password } }),
      );
    expect((await login(credentials.password)).status).toBe(withOld);
    expect((await login(body.new_password)).status).toBe(withOld === 200 ? 401 : 200);
    const refreshed = await refreshWithRetry(String(phone.body['refresh_token']));
    expect(refreshed.status).toBe(withOld);
    await restartKilled(pids);
  });
});
