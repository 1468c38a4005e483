import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { recordOf, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { Pool } from 'pg';
import { callsOf, type StatementCount } from '../../counters/counters';
import { closedLoop, type LoopResult } from './closed-loop';
import type { PhaseResult } from './phase';

/** The statements of one checkout in one database. */
export interface FloorWork {
  /** Durable commits, each of one row. */
  writes: number;
  /** By primary key. */
  reads: number;
  rowBytes: number;
}

export interface FloorResult extends LoopResult {
  shop: string;
  customers: number;
  /** Whether the reads are made as well. */
  withReads: boolean;
}

/** As the services have by default (DATABASE_POOL_SIZE). */
const poolSize = 10;
/** WAL per row beside its payload, the index entry and the commit record included. */
const rowOverheadBytes = 200;
const largestRowBytes = 1_500;
/** A statement with less WAL per call only cleaned up pages while it read. */
const writesWalBytes = 50;

const prepare = `
  CREATE SCHEMA IF NOT EXISTS bench_floor;
  CREATE TABLE IF NOT EXISTS bench_floor.rows
    (id uuid PRIMARY KEY, step integer NOT NULL, payload text NOT NULL) WITH (fillfactor = 50)`;
const statements = {
  insert: 'INSERT INTO bench_floor.rows (id, step, payload) VALUES ($1, 0, $2)',
  update: 'UPDATE bench_floor.rows SET step = step + 1, payload = $2 WHERE id = $1',
  read: 'SELECT step, payload FROM bench_floor.rows WHERE id = $1',
} as const;

/**
 * As many durable commits and reads in each database as a checkout makes, and rows of about the
 * same size.
 */
export function floorWorkOf({ counts, countedOrders }: PhaseResult): Record<SubgraphName, FloorWork> {
  const { databases, writingTransactions } = counts;
  const writing = (found: readonly StatementCount[]) =>
    found.filter(({ calls, walBytes }) => walBytes / calls >= writesWalBytes);
  const writesOf = (name: SubgraphName) => callsOf(writing(databases[name].statements));
  const ofSimulator = subgraphNames.reduce(
    (sum, name) => sum + callsOf(writing(databases[name].simulatorStatements)),
    0,
  );
  const allWrites = subgraphNames.reduce((sum, name) => sum + writesOf(name), 0);
  // Several statements of one transaction are one commit.
  const commitsPerWrite = Math.min(1, (writingTransactions - ofSimulator) / allWrites);
  return recordOf(subgraphNames, (name) => {
    const found = databases[name].statements;
    const walBytes = writing(found).reduce((sum, statement) => sum + statement.walBytes, 0);
    const writes = Math.round((writesOf(name) * commitsPerWrite) / countedOrders);
    const rowBytes = walBytes / countedOrders / Math.max(1, writes) - rowOverheadBytes;
    return {
      writes,
      reads: Math.max(0, Math.round(callsOf(found) / countedOrders) - writes),
      rowBytes: Math.round(Math.min(largestRowBytes, Math.max(20, rowBytes))),
    };
  });
}

/** Checkouts of nothing but their statements, straight through `pg`. */
export async function measureFloor(input: {
  shop: string;
  urls: Readonly<Record<SubgraphName, string>>;
  work: Readonly<Record<SubgraphName, FloorWork>>;
  customers: number;
  durationMs: number;
  withReads: boolean;
}): Promise<FloorResult> {
  const { shop, urls, work, customers, durationMs, withReads } = input;
  const pools = recordOf(
    subgraphNames,
    (name) => new Pool({ connectionString: urls[name], max: Math.min(poolSize, customers) }),
  );
  try {
    for (const name of subgraphNames) await pools[name].query(prepare);
    const loop = await closedLoop({
      clients: customers,
      durationMs,
      work: async () => {
        for (const name of subgraphNames) await checkoutIn(pools[name], work[name], withReads);
      },
    });
    return { shop, customers, withReads, ...loop };
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    // Their backends hand in their statistics as they end.
    await pause(500);
  }
}

async function checkoutIn(pool: Pool, { writes, reads, rowBytes }: FloorWork, withReads: boolean) {
  const id = randomUUID();
  const payload = () => randomBytes(Math.ceil(rowBytes / 2)).toString('hex');
  const run = (name: keyof typeof statements, values: string[]) =>
    pool.query({ name, text: statements[name], values });
  for (let write = 0; write < writes; write += 1)
    await run(write === 0 ? 'insert' : 'update', [id, payload()]);
  for (let read = 0; withReads && read < reads; read += 1) await run('read', [id]);
}
