import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '../eventually';
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
  let server: ChildProcess | undefined;

  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  const start = async () => {
    server = spawn(program, programArguments, { stdio: 'ignore' });
    await eventually(() => answers(port));
  };
  // A test process that ends without `kill` leaves no server behind.
  process.once('exit', () => void server?.kill('SIGKILL'));

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
  };
}

async function answers(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    socket.write('PING\r\n');
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}
