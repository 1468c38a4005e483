import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess } from '../optional-server';
import { natsProgram } from './nats-program';

/** A real NATS server with JetStream, on a free port, with a store of its own. */
export interface NatsServer {
  /** nats://127.0.0.1:port */
  url: string;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Again, after `kill`: same port, same store. */
  start(): Promise<void>;
  /** Ends it and removes its store. */
  close(): Promise<void>;
}

/** @throws Error when this machine has no nats-server */
export async function startNatsServer(): Promise<NatsServer> {
  const program = natsProgram();
  if (!program) throw new Error('there is no nats-server here');
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
    // The server speaks first.
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}
