import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';

/** A process whose work blocks until the test releases it. */
export interface SlowService {
  url: string;
  /** Resolves once it has sent this message. */
  received(message: string): Promise<void>;
  hasReceived(message: string): boolean;
  goOn(what: 'request' | 'work'): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code or signal. */
  ended: Promise<number | string>;
}

export async function startSlowService(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<SlowService> {
  const messages: string[] = [];
  const child = spawn(process.execPath, [join(__dirname, 'slow-service.mjs')], {
    env: { ...programEnvironment(), ...serviceEnvironmentFor('order', databaseUrl), ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (message) => messages.push(message as string));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const received = (message: string) => eventually(() => expect(messages).toContain(message));
  await eventually(() => expect(messages).toContainEqual(expect.stringMatching(/^http/)));
  return {
    url: messages.find((message) => message.startsWith('http')) as string,
    received,
    hasReceived: (message) => messages.includes(message),
    goOn: (what) => void child.send(what),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
