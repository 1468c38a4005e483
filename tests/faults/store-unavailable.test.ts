import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '@shop/testkit/eventually';
import { describeWithRedis, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { uniqueEmail } from '../../subgraphs/user/test/support/operations';
import { startUserService, type UserService } from '../../subgraphs/user/test/support/user-service';

describeWithRedis('Redis unavailable', () => {
  let store: RedisServer;
  let service: UserService;
  beforeAll(async () => {
    store = await startRedisServer();
    service = await startUserService({ REDIS_URL: store.url });
  });
  afterAll(async () => {
    await service?.stop();
    await store?.kill();
  });

  const signIn = async (email: string, password: string) =>
    (await service.operations.login({ email, password })).__typename as string;

  async function keysInStore(): Promise<number> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(store.url).port) });
    socket.end('DBSIZE\r\n');
    return Number((await text(socket)).slice(1));
  }

  /** A failure of somebody new is counted in the store. */
  const storeCounts = () =>
    eventually(async () => {
      const before = await keysInStore();
      await signIn(uniqueEmail(), 'wrong');
      expect(await keysInStore()).toBeGreaterThan(before);
    });

  type Trouble = [
    string,
    (server: RedisServer) => Promise<void> | void,
    (server: RedisServer) => Promise<void> | void,
  ];
  const troubles: Trouble[] = [
    ['is unavailable', (server) => server.kill(), (server) => server.start()],
    ['hangs', (server) => server.pause(), (server) => server.resume()],
  ];

  test.each(troubles)(
    'a store that %s: queries succeed, the throttle uses a stricter local limit, and the store is used again after it recovers',
    async (_how, trouble, recover) => {
      const { email, password, userId, accessToken } = await service.operations.newCustomer();
      const other = await service.operations.newCustomer();
      await storeCounts();
      for (let guess = 0; guess < 3; guess += 1)
        expect(await signIn(email, 'wrong')).toBe('InvalidCredentials');

      await trouble(store);
      const { data } = await service.execute('{ me { id } }', {}, { accessToken });
      expect(data).toEqual({ me: { id: userId } });
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);

      // Of the ten failures that are free in the store five are without it; three it has heard of.
      for (let guess = 0; guess < 2; guess += 1)
        expect(await signIn(email, 'wrong')).toBe('InvalidCredentials');
      for (const tried of ['wrong', password]) expect(await signIn(email, tried)).toBe('TooManyAttempts');
      expect(await signIn(other.email, other.password)).toBe('AuthSession');

      await recover(store);
      await storeCounts();
      expect(await signIn(other.email, other.password)).toBe('AuthSession');
    },
  );
});
