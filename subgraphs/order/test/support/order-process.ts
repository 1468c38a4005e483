import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { programEnvironment } from '@shop/testkit/database';

/** The order service in a separate process, which can be killed. */
export interface OrderProcess {
  url: string;
  /** Sends SIGKILL. Resolves when the process has exited. */
  kill(): Promise<void>;
  /** Sends SIGCONT. */
  resume(): void;
  /** The log so far. */
  readonly log: readonly LogLine[];
}

interface LogLine {
  message: string;
  url?: string;
  caller?: string;
  aheadSeconds?: number;
}

/** Starts the built program and waits until it is ready. */
export async function startOrderProcess(environment: Record<string, string>): Promise<OrderProcess> {
  const program = join(__dirname, '../../dist/main.js');
  const env = { ...programEnvironment(), ...environment, LOG_LEVEL: 'info', PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const log: LogLine[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout as Readable).on('line', (line) => {
      const entry = JSON.parse(line) as LogLine;
      log.push(entry);
      if (entry.message === 'serving' && entry.url) resolve(entry.url);
    });
    void exited.then(() => reject(new Error('the order process exited before it was ready')));
  });
  return { url, kill, log, resume: () => void child.kill('SIGCONT') };
}
