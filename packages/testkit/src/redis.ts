import { once } from 'node:events';
import { connect } from 'node:net';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess, describeWithProgram, findProgram, requireProgram } from './optional-server';

const redisServer = { names: ['redis-server', 'valkey-server'], variable: 'REDIS_SERVER_BIN' } as const;

/** A Redis server on a free port, in memory only. */
export interface RedisServer {
  /** redis://127.0.0.1:port */
  url: string;
  /** Sends SIGKILL, which loses its data; resolves when it has exited. */
  kill(): Promise<void>;
  /** Restarts it after `kill` on the same port. */
  start(): Promise<void>;
  /** Sends SIGSTOP: it accepts connections and does not respond, until `resume`. */
  pause(): void;
  resume(): void;
}

/** The path of redis-server: REDIS_SERVER_BIN, or the first on the PATH; undefined if not installed. */
export const redisProgram = (): string | undefined => findProgram(redisServer);

/** `describe` for tests that need redis-server; skipped if it is not installed. */
export function describeWithRedis(title: string, tests: () => void): void {
  describeWithProgram(redisServer, title, tests);
}

/** @throws Error if redis-server is not installed */
export async function startRedisServer(): Promise<RedisServer> {
  const program = requireProgram(redisServer);
  const [port = 0] = await freePorts(1);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const { start, kill, signal } = createServerProcess({ program, args, isReady: () => isReady(port) });
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  };
}

async function isReady(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    socket.write('PING\r\n');
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}
