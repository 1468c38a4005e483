import { redisProgram } from '@shop/testkit/redis';

/** `describe` for what needs a real redis-server. Without one the tests are skipped, and their title says why. */
export function describeWithRedis(title: string, tests: () => void): void {
  const remedy = 'apt-get install redis-server, or set REDIS_SERVER_BIN';
  if (redisProgram()) describe(title, tests);
  // eslint-disable-next-line jest/no-disabled-tests -- skipped and said so, rather than passed without having run
  else describe.skip(`${title} (skipped: there is no redis-server here; ${remedy})`, tests);
}
