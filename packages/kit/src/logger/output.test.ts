import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

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
