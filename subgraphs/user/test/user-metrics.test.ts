import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { testKeys } from '@shop/testkit/keys';
import { changesBetween, scrape } from '@shop/testkit/metrics';
import { uniqueEmail } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

const free = { account: 10, address: 12, registrations: 3 };

let service: UserService;
let metricsUrl: string;
beforeAll(async () => {
  const [port] = await freePorts(1);
  metricsUrl = `http://127.0.0.1:${port}`;
  service = await startUserService({
    METRICS_PORT: String(port),
    LOGIN_FAILURES_PER_ADDRESS: String(free.address),
    REGISTRATIONS_PER_ADDRESS: String(free.registrations),
  });
});
afterAll(() => service.stop());

/** The change of the counter while `work` runs, by scope. */
async function throttled(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await scrape(metricsUrl);
  await work();
  const changes = changesBetween(before, await scrape(metricsUrl), 'shop_login_throttled_total');
  return Object.fromEntries(
    Object.entries(changes).map(([series, change]) => [/scope="(\w+)"/.exec(series)?.[1], change]),
  );
}

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work(index);
}

describe('shop_login_throttled_total', () => {
  it('counts each login that is rejected because of the failures of its account', async () => {
    const email = uniqueEmail();
    const fail = (index: number) =>
      service.operations.login({ email, password: 'wrong' }, { address: `10.1.0.${index}` });
    expect(await throttled(() => times(free.account, fail))).toEqual({});
    expect(await throttled(() => times(2, fail))).toEqual({ account: 2 });
  });

  it('counts each login that is rejected because of the failures of its address', async () => {
    const fail = () =>
      service.operations.login({ email: uniqueEmail(), password: 'wrong' }, { address: '10.2.0.1' });
    await times(free.address, fail);
    expect(await throttled(() => times(2, fail))).toEqual({ address: 2 });
  });

  it('counts rejected registrations as one scope', async () => {
    const register = () =>
      service.operations.register({ email: uniqueEmail(), password: 'P@ssw0rd' }, { address: '10.3.0.1' });
    await times(free.registrations, register);
    expect(await throttled(register)).toEqual({ registration: 1 });
  });
});

it('shop_signing_key_age_seconds is the time since the current key was created', async () => {
  const ring = JSON.parse(readFileSync(join(testKeys().signingKeysDir, 'ring.json'), 'utf8')) as {
    keys: { status: string; createdAt: string }[];
  };
  const createdAt = Date.parse(ring.keys.find(({ status }) => status === 'current')!.createdAt);
  const before = (Date.now() - createdAt) / 1_000;
  const age = (await scrape(metricsUrl)).get('shop_signing_key_age_seconds');
  expect(age).toBeGreaterThanOrEqual(before);
  expect(age).toBeLessThanOrEqual((Date.now() - createdAt) / 1_000);
});
