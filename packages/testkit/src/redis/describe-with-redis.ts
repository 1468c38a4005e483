import { describeWithServer } from '../optional-server';
import { redisProgram } from './redis-program';

/** `describe` for what needs a real redis-server; skipped where there is none. */
export function describeWithRedis(title: string, tests: () => void): void {
  const isHere = redisProgram() !== undefined;
  describeWithServer({ name: 'redis-server', isHere, variable: 'REDIS_SERVER_BIN' }, title, tests);
}
