import { once } from 'node:events';
import { connect } from 'node:net';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess } from '../optional-server';
import { redisProgram } from './redis-program';

/** A real Redis on a free port, in memory only. */
export interface RedisServer {
  /** redis://127.0.0.1:port */
  url: string;
  /** SIGKILL; what it knew is gone. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Again, after `kill`, at the same port. */
  start(): Promise<void>;
  /** SIGSTOP: it accepts connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
}

/** @throws Error when this machine has no redis-server */
export async function startRedisServer(): Promise<RedisServer> {
  const program = redisProgram();
  if (!program) throw new Error('there is no redis-server here');
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
