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

  const login = async (email: string, password: string) =>
    (await service.operations.login({ email, password })).__typename as string;

  async function keysInStore(): Promise<number> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(store.url).port) });
    socket.end('DBSIZE\r\n');
    return Number((await text(socket)).slice(1));
  }

  /** A failed login of a new email adds a key to the store. */
  const expectStoreUsed = () =>
    eventually(async () => {
      const before = await keysInStore();
      await login(uniqueEmail(), 'wrong');
      expect(await keysInStore()).toBeGreaterThan(before);
    });

  type FailureMode = [
    string,
    (server: RedisServer) => Promise<void> | void,
    (server: RedisServer) => Promise<void> | void,
  ];
  const failureModes: FailureMode[] = [
    ['is unavailable', (server) => server.kill(), (server) => server.start()],
    ['hangs', (server) => server.pause(), (server) => server.resume()],
  ];

  test.each(failureModes)(
    'a store that %s: queries succeed, the throttle uses a stricter local limit, and the store is used again after it recovers',
    async (_how, fail, recover) => {
      const { email, password, userId, accessToken } = await service.operations.newCustomer();
      const other = await service.operations.newCustomer();
      await expectStoreUsed();
      for (let attempt = 0; attempt < 3; attempt += 1)
        expect(await login(email, 'wrong')).toBe('InvalidCredentials');

      await fail(store);
      const { data } = await service.execute('{ me { id } }', {}, { accessToken });
      expect(data).toEqual({ me: { id: userId } });
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);

      // The local limit is 5 failures instead of 10. Three were counted before the store failed.
      for (let attempt = 0; attempt < 2; attempt += 1)
        expect(await login(email, 'wrong')).toBe('InvalidCredentials');
      for (const attempt of ['wrong', password]) expect(await login(email, attempt)).toBe('TooManyAttempts');
      expect(await login(other.email, other.password)).toBe('AuthSession');

      await recover(store);
      await expectStoreUsed();
      expect(await login(other.email, other.password)).toBe('AuthSession');
    },
  );
});
