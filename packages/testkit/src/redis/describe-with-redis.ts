import { describeWithServer } from '../optional-server';
import { redisProgram } from './redis-program';

/** `describe` for tests that need redis-server; skipped if it is not installed. */
export function describeWithRedis(title: string, tests: () => void): void {
  const isHere = redisProgram() !== undefined;
  describeWithServer({ name: 'redis-server', isHere, variable: 'REDIS_SERVER_BIN' }, title, tests);
}
