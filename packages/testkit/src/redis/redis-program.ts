import { spawnSync } from 'node:child_process';

/**
 * The redis-server (or valkey-server) of this machine: REDIS_SERVER_BIN, or what the PATH has;
 * undefined if there is none.
 */
export function redisProgram(): string | undefined {
  const { REDIS_SERVER_BIN } = process.env;
  const candidates = REDIS_SERVER_BIN ? [REDIS_SERVER_BIN] : ['redis-server', 'valkey-server'];
  return candidates.find((program) => spawnSync(program, ['--version']).status === 0);
}
