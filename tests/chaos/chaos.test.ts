import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChaosRun } from './run-chaos';

let program: ChildProcess | undefined;
// Still running only if the test timed out.
afterAll(() => void program?.kill());

/** The program that `npm run chaos` runs, in its small size. */
test('a small chaos run keeps every invariant and writes its report', async () => {
  const artifacts = mkdtempSync(join(tmpdir(), 'chaos-artifacts-'));
  const file = join(__dirname, '../dist/chaos/main.js');
  const run = promisify(execFile)(process.execPath, [file, '--artifacts', artifacts]);
  program = run.child;
  // The summary names the violated invariant and the seed.
  await run.catch(({ stdout, stderr }: { stdout: string; stderr: string }) => {
    throw new Error(`${stdout}\n${stderr}`);
  });
  const report = JSON.parse(readFileSync(join(artifacts, 'chaos.json'), 'utf8')) as ChaosRun;
  expect(report.phases.flatMap(({ results }) => results).filter(({ holds }) => !holds)).toEqual([]);
  expect(report.timeline.marks.length).toBeGreaterThan(0);
  expect(readFileSync(join(artifacts, 'chaos.svg'), 'utf8')).toContain('checkouts per second');
  rmSync(artifacts, { recursive: true });
}, 600_000);
