import { once } from 'node:events';
import { connect } from 'node:net';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess } from '../optional-server';
import { redisProgram } from './redis-program';

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

/** @throws Error if redis-server is not installed */
export async function startRedisServer(): Promise<RedisServer> {
  const program = redisProgram();
  if (!program) throw new Error('redis-server was not found: install it or set REDIS_SERVER_BIN');
  const [port = 0] = await freePorts(1);
  const programArguments = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = createServerProcess({ program, programArguments, isReady: () => isReady(port) });
  await server.start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    start: () => server.start(),
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
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
