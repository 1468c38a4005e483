export { describeWithRedis } from './describe-with-redis';
export { redisProgram } from './redis-program';
export { startRedisServer } from './redis-server';
export type { RedisServer } from './redis-server';
