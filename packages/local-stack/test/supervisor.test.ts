import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pollUntil } from '@shop/local-stack/processes';
import { supervise, type SupervisedProcess } from '../src/stack/supervisor';

function launchIdle() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  return {
    pid: child.pid as number,
    exited: once(child, 'exit').then(([code, signal]) => (signal ? `by ${signal}` : `with code ${code}`)),
    ready: () => Promise.resolve(),
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const notices: string[] = [];
const started: SupervisedProcess[] = [];

function superviseIdle(restart = true): SupervisedProcess {
  const supervised = supervise({
    name: 'idle',
    launch: launchIdle,
    restart,
    onNotice: (line) => notices.push(line),
  });
  started.push(supervised);
  return supervised;
}

/** Waits for the line about the restart. */
async function backAgain(times: number): Promise<void> {
  await pollUntil(() => notices.filter((line) => line.includes('ready again')).length === times, {
    timeoutMs: 10_000,
    onTimeout: () => new Error(`not back: ${notices.join('; ')}`),
  });
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((supervised) => supervised.stop()));
  notices.length = 0;
});

test('a process that exits is restarted after increasing pauses, and each restart is logged', async () => {
  const supervised = superviseIdle();
  await supervised.start();

  supervised.kill('SIGKILL');
  await backAgain(1);
  supervised.kill('SIGKILL');
  await backAgain(2);

  expect(notices.filter((line) => line.includes('restarting it'))).toEqual([
    'idle ended by SIGKILL; restarting it in 0.2 s',
    'idle ended by SIGKILL; restarting it in 0.4 s',
  ]);
});

test('a stopped process is not restarted until it is started', async () => {
  const supervised = superviseIdle();
  await supervised.start();

  await supervised.stop();

  expect(supervised.pid).toBeUndefined();
  expect(notices).toEqual([]);
  await supervised.start();
  expect(supervised.pid).toBeGreaterThan(0);
});

test('a stop during the pause cancels the restart', async () => {
  const supervised = superviseIdle();
  await supervised.start();
  supervised.kill('SIGKILL');
  await pollUntil(() => notices.length > 0, { timeoutMs: 5_000, onTimeout: () => new Error('no notice') });

  await supervised.stop();

  expect(supervised.pid).toBeUndefined();
});

test('without supervision a process that exits is not restarted', async () => {
  const supervised = superviseIdle(false);
  await supervised.start();

  supervised.kill('SIGKILL');

  await pollUntil(() => notices.length > 0, { timeoutMs: 5_000, onTimeout: () => new Error('no notice') });
  expect(notices).toEqual(['idle ended by SIGKILL']);
  expect(supervised.pid).toBeUndefined();
});
