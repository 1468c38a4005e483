import { echoPlants, secretPlants } from './canary-plants';
import { holds, openWatchedShop, plant, type Planted } from './watched-shop';

const openTimeoutMs = 180_000;

const planted = new Map<string, Planted>();
let log: string[];

beforeAll(async () => {
  const shop = await openWatchedShop();
  for (const each of [...secretPlants, ...echoPlants]) planted.set(each.what, await plant(shop, each));
  log = await shop.closeAndReadLog();
}, openTimeoutMs);

const find = (what: string): Planted => {
  const found = planted.get(what);
  if (!found) throw new Error(`nothing was planted as ${what}`);
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

describe('a secret', () => {
  test.each(secretPlants)('as $what appears in no response and in no log line', ({ what, status }) => {
    const { canary, response } = find(what);

    expect([response.status, holds(response, canary)]).toEqual([status, false]);
    expect(linesWith(canary)).toEqual([]);
  });
});

describe('a text of the client that is not secret', () => {
  test.each(echoPlants)(
    'as $what may be returned to that client, and appears in no log line',
    ({ what, status }) => {
      const { canary, response } = find(what);

      expect(response.status).toBe(status);
      expect(linesWith(canary)).toEqual([]);
    },
  );
});
