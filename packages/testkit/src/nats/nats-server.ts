import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess } from '../optional-server';
import { natsProgram } from './nats-program';

/** A NATS server with JetStream, on a free port, with its own store. */
export interface NatsServer {
  /** nats://127.0.0.1:port */
  url: string;
  /** Sends SIGKILL; resolves when it has exited. */
  kill(): Promise<void>;
  /** Restarts it after `kill` with the same port and store. */
  start(): Promise<void>;
  /** Stops it and removes its store. */
  close(): Promise<void>;
}

/** @throws Error if nats-server is not installed */
export async function startNatsServer(): Promise<NatsServer> {
  const program = natsProgram();
  if (!program) throw new Error('nats-server was not found: install it or set NATS_SERVER_BIN');
  const [port = 0] = await freePorts(1);
  const storeDir = mkdtempSync(join(tmpdir(), 'nats-'));
  const programArguments = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', storeDir];
  const server = createServerProcess({ program, programArguments, isReady: () => isReady(port) });
  await server.start();
  return {
    url: `nats://127.0.0.1:${port}`,
    kill: () => server.kill(),
    start: () => server.start(),
    async close() {
      await server.kill();
      rmSync(storeDir, { recursive: true, force: true });
    },
  };
}

async function isReady(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    // The server sends the first message.
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}
