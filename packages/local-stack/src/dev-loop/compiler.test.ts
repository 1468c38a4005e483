import { spawn } from 'node:child_process';
import { pollUntil } from '../processes';
import { keepRunning } from './compiler';

function keep(program: string) {
  const lines: string[] = [];
  let started = 0;
  const start = () => {
    started += 1;
    return spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  };
  keepRunning({ name: 'tsc --watch', start, maximumRestarts: 2, report: (line) => lines.push(line) });
  return { lines, starts: () => started };
}

it('restarts a program that exits, a limited number of times, and reports each exit', async () => {
  const { lines, starts } = keep('process.exit(7)');
  await pollUntil(() => lines.length === 3, {
    timeoutMs: 20_000,
    onTimeout: () => new Error(`reported: ${lines.join(' | ')}`),
  });
  expect(starts()).toBe(3);
  expect(lines[0]).toBe('> tsc --watch ended (exit code 7); restarting it');
  expect(lines[2]).toContain('changes are no longer watched');
});
