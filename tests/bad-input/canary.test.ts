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

test('every process was heard', () => {
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
  test.each(secretPlants)('as $what comes out in no answer and no line of a log', ({ what, status }) => {
    const { canary, answer } = find(what);

    expect([answer.status, holds(answer, canary)]).toEqual([status, false]);
    expect(linesWith(canary)).toEqual([]);
  });
});

describe('a harmless text of the client', () => {
  test.each(echoPlants)(
    'as $what may be repeated to that client, and is in no line of a log',
    ({ what, status }) => {
      const { canary, answer } = find(what);

      expect(answer.status).toBe(status);
      expect(linesWith(canary)).toEqual([]);
    },
  );
});
