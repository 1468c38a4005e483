import { echoRequests, secretRequests } from './canary-requests';
import { contains, openLoggedShop, sendCanary, type CanaryResponse } from './logged-shop';

const openTimeoutMs = 180_000;

const responses = new Map<string, CanaryResponse>();
let log: string[];

beforeAll(async () => {
  const shop = await openLoggedShop();
  for (const each of [...secretRequests, ...echoRequests])
    responses.set(each.title, await sendCanary(shop, each));
  log = await shop.closeAndReadLog();
}, openTimeoutMs);

const find = (title: string): CanaryResponse => {
  const found = responses.get(title);
  if (!found) throw new Error(`no request was sent for ${title}`);
  return found;
};

const linesWith = (canary: string) => log.filter((line) => line.includes(canary));

test('the log of every process is captured', () => {
  const services = new Set(log.map((line) => line.split(' ', 1)[0]));
  expect([...services].sort()).toEqual(['gateway', 'order', 'payment', 'product', 'user']);
});

test('a password change is logged by the user process, with the id of the user', () => {
  const entries = log
    .filter((line) => line.startsWith('user {'))
    .map((line) => JSON.parse(line.slice('user '.length)) as Record<string, unknown>)
    .filter(({ message }) => message === 'password changed');
  expect(entries).toEqual([expect.objectContaining({ level: 'info', userId: expect.any(String) })]);
});

test('each request has an access line in the gateway, and in the subgraphs one that names the caller', () => {
  const accessLines = (service: string) =>
    log
      .filter((line) => line.startsWith(`${service} {`))
      .map((line) => JSON.parse(line.slice(service.length)) as Record<string, unknown>)
      .filter(({ message }) => message === 'request');
  const ofGateway = accessLines('gateway');
  expect(ofGateway.length).toBeGreaterThanOrEqual(responses.size);
  expect(new Set(ofGateway.map(({ route }) => route))).toContain('/v1/auth/login');
  const traces = new Set(ofGateway.map((line) => line['trace_id']));
  const ofUser = accessLines('user').filter(({ caller }) => caller === 'gateway');
  expect(ofUser.some((line) => traces.has(line['trace_id']))).toBe(true);
});

describe('a secret', () => {
  test.each(secretRequests)('as $title appears in no response and in no log line', ({ title, status }) => {
    const { canary, response } = find(title);

    expect([response.status, contains(response, canary)]).toEqual([status, false]);
    expect(linesWith(canary)).toEqual([]);
  });
});

describe('a text of the client that is not secret', () => {
  test.each(echoRequests)(
    'as $title may be returned to that client, and appears in no log line',
    ({ title, status }) => {
      const { canary, response } = find(title);

      expect(response.status).toBe(status);
      expect(linesWith(canary)).toEqual([]);
    },
  );
});
