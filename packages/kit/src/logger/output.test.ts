import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const metrics = join(__dirname, '../../dist/metrics/index.js');
const logger = join(__dirname, '../../dist/logger/index.js');

/** The messages that a process writes, in order. */
function messagesOf(program: string): string[] {
  const start = `const logger = require(${JSON.stringify(logger)}).createLogger({ service: 'test' });`;
  const { stdout } = spawnSync(process.execPath, ['-e', start + program], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { message: string }).message);
}

describe('Lines on standard output', () => {
  it.each([
    ['ends by itself', ''],
    ['exits', 'process.exit(0);'],
    ['throws', 'throw new Error("unexpected");'],
  ])('are complete and in order if the process %s', (_what, end) => {
    expect(messagesOf(`for (const text of ['a', 'b', 'c']) logger.info(text); ${end}`)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('up to a warning or an error are complete if the process is killed', () => {
    const program = (level: string) =>
      `logger.info('before'); logger.${level}('last'); process.kill(process.pid, 'SIGKILL');`;
    for (const level of ['warn', 'error']) expect(messagesOf(program(level))).toEqual(['before', 'last']);
  });

  it('of one turn of the event loop are one write', () => {
    const count = `let writes = 0; const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (text) => { writes += 1; return write(text); };
      for (let index = 0; index < 100; index += 1) logger.info('line');
      setImmediate(() => setImmediate(() => logger.info(String(writes))));`;
    expect(messagesOf(count)).toEqual([...Array.from({ length: 100 }, () => 'line'), '1']);
  });
});

interface Written {
  droppedLines: number;
  bufferedLength: number;
}

/** Logs as many lines as each message says, 100 per turn, then responds with `Written`. */
const writer = `
  const logger = require(${JSON.stringify(logger)}).createLogger({ service: 'test' });
  const { exposition } = require(${JSON.stringify(metrics)});
  const turn = () => new Promise(setImmediate);
  process.on('message', async ({ lines }) => {
    for (let index = 0; index < lines; index += 1) {
      logger.info('line', { padding: 'x'.repeat(1000) });
      if (index % 100 === 99) await turn();
    }
    await turn();
    const { text } = await exposition();
    const droppedLines = Number(/^log_lines_dropped_total (\\d+)$/m.exec(text)[1]);
    process.send({ droppedLines, bufferedLength: process.stdout.writableLength });
  });`;

describe('Standard output that is not read', () => {
  let child: ChildProcess;
  let ended: Promise<never>;
  beforeEach(() => {
    child = spawn(process.execPath, ['-e', writer], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    ended = once(child, 'exit').then(() => {
      throw new Error('the process has ended');
    });
    ended.catch(() => undefined);
  });
  afterEach(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  async function write(lines: number): Promise<Written> {
    const written = once(child, 'message');
    child.send({ lines });
    const [message] = (await Promise.race([written, ended])) as [Written];
    return message;
  }

  it('buffers at most 8 MiB; lines beyond are dropped, counted, and logged once when it is read', async () => {
    const first = await write(20_000);
    expect(first.bufferedLength).toBeLessThan(8.2 * 1_024 * 1_024);
    expect(first.bufferedLength).toBeGreaterThan(7 * 1_024 * 1_024);
    const { droppedLines } = await write(1_000);
    expect(droppedLines).toBe(first.droppedLines + 1_000);

    const output = text(child.stdout!);
    let sent = 21_000;
    let last: Written;
    do {
      last = await write(1);
      sent += 1;
    } while (last.bufferedLength > 0);
    child.disconnect();
    const lines = (await output).split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { message: string; droppedLines?: number });
    const notices = entries.filter(({ message }) => message !== 'line');
    expect(notices).toEqual([
      expect.objectContaining({
        ...{ level: 'error', message: 'log lines were dropped: standard output was not read' },
        droppedLines: last.droppedLines,
      }),
    ]);
    expect(entries.length - notices.length).toBe(sent - last.droppedLines);
  });

  it('does not end the process when its reader has ended; the lines are counted', async () => {
    child.stdout!.destroy();
    await once(child.stdout!, 'close');
    const { droppedLines } = await write(1_000);
    expect(droppedLines).toBeGreaterThan(0);
    expect((await write(100)).droppedLines).toBeGreaterThanOrEqual(droppedLines + 100);
  });
});
