import { recordOf, serviceNames, subgraphNames } from '../services';
import { environmentOf, seedEnvironmentOf } from './service-environment';
import type { StackPlan } from './stack-plan';

const url = 'http://127.0.0.1:1';

function planWith(env: NodeJS.ProcessEnv, payment: NodeJS.ProcessEnv = {}): StackPlan {
  return {
    ...{ host: '127.0.0.1', env, serviceEnv: { payment }, metricsPorts: {}, seedProducts: 1 },
    ports: recordOf(serviceNames, () => [1]),
    urls: recordOf(serviceNames, () => url),
    databaseUrls: recordOf(subgraphNames, (name) => `postgres://${name}`),
    databaseSessionUrls: {},
    admin: { email: 'admin@shop.example', password: 'generated' },
    keys: { keyFileOf: (service) => `/keys/${service}`, trustFile: '/keys/trust' },
    ...{ signingKeysDir: '/keys/signing', webhookSecretFile: '/keys/webhook' },
  };
}

describe('environmentOf', () => {
  it('leaves out the files of settings that it sets itself', () => {
    const files = {
      ...{ ADMIN_PASSWORD_FILE: '/a', DATABASE_URL_FILE: '/b', USER_DATABASE_URL_FILE: '/c' },
      ...{ DATABASE_SESSION_URL_FILE: '/d', PORT_FILE: '/e' },
    };
    const env = seedEnvironmentOf('user', planWith({ ...files, REDIS_URL_FILE: '/redis' }));

    expect(Object.keys(env).filter((name) => name in files)).toEqual([]);
    expect(env).toMatchObject({ ADMIN_PASSWORD: 'generated', REDIS_URL_FILE: '/redis' });
  });

  it('gives secrets of payment providers to payment only, as values or as files', () => {
    const plan = planWith({ STRIPE_SECRET_KEY_FILE: '/stripe', STRIPE_WEBHOOK_SECRET: 'whsec_' });

    expect(environmentOf('payment', plan)).toMatchObject(plan.env);
    expect(Object.keys(environmentOf('order', plan)).filter((name) => name.startsWith('STRIPE'))).toEqual([]);
  });

  it.each([
    ['no setting', {}, {}, { SIMULATOR_WEBHOOK_SECRET_FILE: '/keys/webhook' }],
    ['a value', { SIMULATOR_WEBHOOK_SECRET: 's' }, {}, { SIMULATOR_WEBHOOK_SECRET: 's' }],
    ['a file', { SIMULATOR_WEBHOOK_SECRET_FILE: '/f' }, {}, { SIMULATOR_WEBHOOK_SECRET_FILE: '/f' }],
    ['a value of payment', {}, { SIMULATOR_WEBHOOK_SECRET: 's' }, { SIMULATOR_WEBHOOK_SECRET: 's' }],
  ])('sets one form of the webhook secret for %s', (_, env, payment, expected) => {
    const names = ['SIMULATOR_WEBHOOK_SECRET', 'SIMULATOR_WEBHOOK_SECRET_FILE'];
    const given = Object.entries(environmentOf('payment', planWith(env, payment)));

    expect(Object.fromEntries(given.filter(([name]) => names.includes(name)))).toEqual(expected);
  });
});
