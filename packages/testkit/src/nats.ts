import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess, describeWithProgram, findProgram, requireProgram } from './optional-server';

const natsServer = { names: ['nats-server'], variable: 'NATS_SERVER_BIN' } as const;

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

/** The path of nats-server: NATS_SERVER_BIN, or the first on the PATH; undefined if not installed. */
export const natsProgram = (): string | undefined => findProgram(natsServer);

/** `describe` for tests that need nats-server; skipped if it is not installed. */
export function describeWithNats(title: string, tests: () => void): void {
  describeWithProgram(natsServer, title, tests);
}

/**
 * @param credentials of the only user; without them every client is accepted
 * @throws Error if nats-server is not installed
 */
export async function startNatsServer(credentials?: { user: string; password: string }): Promise<NatsServer> {
  const program = requireProgram(natsServer);
  const [port = 0] = await freePorts(1);
  const storeDir = mkdtempSync(join(tmpdir(), 'nats-'));
  const login = credentials ? ['--user', credentials.user, '--pass', credentials.password] : [];
  const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', storeDir, ...login];
  const { start, kill } = createServerProcess({ program, args, isReady: () => isReady(port) });
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    start,
    async close() {
      await kill();
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
