import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const runProcess = join(__dirname, '../dist/process/run-process.js');

/** A service without a server, which logs at debug and at info when it gets a message. */
const program = `
  const { runService } = require(${JSON.stringify(runProcess)});
  void runService({
    name: 'test',
    telemetry: { shutdown: async () => undefined },
    loadSettings: () => ({
      NODE_ENV: 'test', LOG_LEVEL: process.env.LOG_LEVEL, LOG_FORMAT: 'json', LOG_REPEAT_WINDOW_SECONDS: 0,
      DRAIN_TIMEOUT_MS: 1000,
    }),
    async start(_settings, logger) {
      process.on('message', () => {
        logger.debug('detail');
        logger.info('end');
      });
      logger.info('serving');
      return { url: '', stop: async () => undefined };
    },
  });`;

let child: ChildProcess;
/** Keeps lines that arrive together. */
let output: AsyncIterator<string>;
afterEach(async () => {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

async function startService(level: string): Promise<void> {
  child = spawn(process.execPath, ['-e', program], {
    env: { ...process.env, LOG_LEVEL: level },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  output = createInterface(child.stdout as Readable)[Symbol.asyncIterator]();
  await next('serving');
}

/** The messages up to this one; of a change of the level, also the new level. */
async function next(last: string): Promise<string[]> {
  const messages: string[] = [];
  for (;;) {
    const { value: line } = (await output.next()) as { value: string };
    const { message, state } = JSON.parse(line) as { message: string; state?: string };
    messages.push(state ? `${message}: ${state}` : message);
    if (message === last) return messages;
  }
}

async function logged(): Promise<string[]> {
  child.send('log');
  return next('end');
}

async function toggled(): Promise<string[]> {
  child.kill('SIGUSR2');
  return next('log level changed');
}

describe('SIGUSR2', () => {
  it('switches the log level of a running service to debug, and back', async () => {
    await startService('info');
    expect(await logged()).toEqual(['end']);
    expect(await toggled()).toEqual(['log level changed: debug']);
    expect(await logged()).toEqual(['detail', 'end']);
    expect(await toggled()).toEqual(['log level changed: info']);
    expect(await logged()).toEqual(['end']);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('switches a service that was started at debug to info', async () => {
    await startService('debug');
    expect(await logged()).toEqual(['detail', 'end']);
    expect(await toggled()).toEqual(['log level changed: info']);
    expect(await logged()).toEqual(['end']);
  });
});
