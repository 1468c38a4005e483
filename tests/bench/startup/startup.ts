import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workspaceRoot } from '@shop/local-stack/stack';
import { treeCpuMs } from '../checkout/process-stats';
import type { BenchReport } from '../report';
import { median, rounded } from '../statistics';

/** A start of the whole shop. */
export interface Start {
  /** Cold: without databases and without compiled code. Warm: with those of the start before. */
  kind: 'cold' | 'warm';
  readyMs: number;
  /** CPU time of all processes, including PostgreSQL and those that have ended, until all are ready. */
  cpuMs: number;
}

const warmLimits = { cpuMs: 8_000, readyMs: 6_000 };

/** CPU time and duration of a start of the shop. */
export async function startup(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '5' } } });
  const starts: Start[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const measured = await measureStarts({ seedProducts: 1_000, kinds: ['cold', 'warm'] });
    starts.push(...measured);
    log(
      `round ${round}: ${measured.map(({ kind, readyMs }) => `${kind} ${rounded(readyMs / 1_000)} s`).join(', ')}`,
    );
  }
  return startupReport(starts);
}

/** Starts a new shop once for each kind; the first has to be cold. */
export async function measureStarts(input: {
  seedProducts: number;
  kinds: readonly Start['kind'][];
}): Promise<Start[]> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-bench-start-'));
  const starts: Start[] = [];
  try {
    for (const kind of input.kinds)
      starts.push({ kind, ...(await measureStart(directory, input.seedProducts)) });
    return starts;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureStart(directory: string, seedProducts: number): Promise<Omit<Start, 'kind'>> {
  const startedAt = performance.now();
  const child = fork(join(workspaceRoot, 'tests/dist/bench/startup/stack.program.js'), [
    ...[join(directory, 'data'), join(directory, 'compile-cache'), String(seedProducts)],
  ]);
  const exited = once(child, 'exit');
  const isReady = await Promise.race([once(child, 'message').then(() => true), exited.then(() => false)]);
  if (!isReady) throw new Error(`The shop did not start: its process has ended with code ${child.exitCode}.`);
  const readyMs = performance.now() - startedAt;
  const cpuMs = treeCpuMs(child.pid as number);
  child.send('stop');
  await exited;
  return { readyMs, cpuMs };
}

export function startupReport(starts: readonly Start[]): BenchReport {
  const kinds = [...new Set(starts.map(({ kind }) => kind))];
  const seconds = (kind: Start['kind'], figure: 'readyMs' | 'cpuMs') =>
    starts.filter((start) => start.kind === kind).map((start) => rounded(start[figure] / 1_000));
  const range = (values: readonly number[]) => `${Math.min(...values)} to ${Math.max(...values)}`;
  const limit = (figure: 'readyMs' | 'cpuMs', what: string) => {
    const actual = median(seconds('warm', figure));
    const text = `${what} of a warm start is at most ${warmLimits[figure] / 1_000} s: ${actual} s`;
    return { text, isMet: actual <= warmLimits[figure] / 1_000 };
  };
  return {
    title:
      'Start of the shop like `npm start`: PostgreSQL, migrations, seed and five services, until all are ready',
    columns: ['start', 'CPU time of all processes in s', 'range', 'time to ready in s', 'range', 'starts'],
    rows: kinds.map((kind) => {
      const [cpu, ready] = [seconds(kind, 'cpuMs'), seconds(kind, 'readyMs')];
      return [kind, median(cpu), range(cpu), median(ready), range(ready), cpu.length];
    }),
    limits: kinds.includes('warm') ? [limit('cpuMs', 'the CPU time'), limit('readyMs', 'the duration')] : [],
    notes: ['A cold start has no databases and no compile cache of Node; a warm start has both.'],
    details: { starts },
  };
}
