import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { programEnvironment } from '@shop/testkit/database';

/** An order process of its own, that can be killed. */
export interface OrderProcess {
  url: string;
  /** SIGKILL: nothing is finished, nothing is said. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGCONT, after it was stopped. */
  resume(): void;
  /** What it has logged so far. */
  readonly log: readonly LogLine[];
}

interface LogLine {
  message: string;
  url?: string;
  caller?: string;
  aheadSeconds?: number;
}

/** Starts the built program and waits until it serves. */
export async function startOrderProcess(environment: Record<string, string>): Promise<OrderProcess> {
  const program = join(__dirname, '../../dist/main.js');
  const env = { ...programEnvironment(), ...environment, LOG_LEVEL: 'info', PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const log: LogLine[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout as Readable).on('line', (line) => {
      const entry = JSON.parse(line) as LogLine;
      log.push(entry);
      if (entry.message === 'serving' && entry.url) resolve(entry.url);
    });
    void gone.then(() => reject(new Error('the order process ended before it served')));
  });
  return { url, kill, log, resume: () => void child.kill('SIGCONT') };
}
