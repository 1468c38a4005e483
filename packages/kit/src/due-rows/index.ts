import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { isConnectionLost, isDatabaseBusy, query } from '../database';
import type { Logger } from '../logger';
import { runWithRequestContext } from '../request-context';
import { equalJitterMs } from '../resilience/jitter';
import { inSpan, runInTraceOf } from '../telemetry';
import { claimStatement, type DueRow, type DueTable, postponeStatement, postponeValues } from './due-table';
import { registerDueRowMetrics } from './due-row-metrics';
import { type RoundResult, RoundTimer } from './round-timer';

export type { DueRow, DueTable } from './due-table';

/** Of one row, after its failures. */
const backoff = { baseMs: 500, capMs: 30_000 };
/**
 * Shortest time between two claims after a group has failed, in milliseconds, until one succeeds: what
 * fails for one row often fails for all, for example because another service is unavailable.
 */
const failingSpacingMs = 500;

export interface DuePollerOptions<Row> {
  /** Unique name of the work in metrics, statements, logs and request IDs. */
  name: string;
  table: DueTable;
  dataSource: DataSource;
  logger: Logger;
  /**
   * Divides claimed rows into groups that are handled together; if omitted, each row is a group.
   */
  group?: (rows: readonly (Row & DueRow)[]) => (Row & DueRow)[][];
  /**
   * Does the work of one group and sets the rows' `due_at`. If it throws, the rows are due again
   * after a capped backoff. It must be idempotent, also when it runs concurrently for one row: a
   * lease can end while it runs.
   */
  handle: (rows: readonly (Row & DueRow)[]) => Promise<void>;
  /** The stored W3C `traceparent` of a row: its work continues that trace. */
  traceparentOf?: (row: Row) => string | null | undefined;
  /** Maximum number of groups that are handled concurrently. */
  concurrency: number;
  /** Maximum rows per claim; if omitted, `concurrency`. */
  batchSize?: number;
  /**
   * Shortest time between two claims in milliseconds, so that claims under load are batches;
   * default 0.
   */
  spacingMs?: number;
}

export interface DuePoller {
  /** Claims due rows from now on. */
  start(): void;
  /**
   * Claims due rows after the delay, default 0; before `start` it has no effect. Call it after the
   * commit that made a row due.
   */
  wake(delayMs?: number): void;
  /**
   * Claims nothing more, makes claimed rows that were not started due again, and waits for the
   * groups that are being handled.
   */
  stop(): Promise<void>;
}

/**
 * Creates a poller that handles the due rows of one table. Several processes may poll the same
 * table: a claimed row belongs to its process until the lease ends, also if the process is killed
 * or stopped.
 */
export function createDuePoller<Row = object>(options: DuePollerOptions<Row>): DuePoller {
  const { name, table, dataSource, logger, handle, concurrency } = options;
  const { batchSize = concurrency, group = (rows) => rows.map((row) => [row]) } = options;
  type Claimed = Row & DueRow;
  const claim = claimStatement(name, table);
  const postpone = postponeStatement(table);
  const countClaimed = registerDueRowMetrics(name, table, dataSource);
  const handled = new Set<Promise<void>>();
  const waiting: { rows: Claimed[]; claimedAt: number }[] = [];
  const { spacingMs = 0 } = options;
  const timer = new RoundTimer(round, () => (isFailing ? Math.max(spacingMs, failingSpacingMs) : spacingMs));
  let isStarted = false;
  let isReported = false;
  /** The group that ended last failed. */
  let isFailing = false;

  async function round(): Promise<RoundResult> {
    // A group takes one slot, so grouped rows are limited by `batchSize` alone.
    const limit = options.group ? batchSize : Math.min(batchSize, concurrency - handled.size);
    if (limit <= 0 || waiting.length > 0) return 'blocked';
    try {
      const claimedAt = performance.now();
      const values = [limit, table.leaseMs, ...(table.except?.values() ?? [])];
      const rows = await query<Claimed>(dataSource, claim, values);
      isReported = false;
      countClaimed(rows.length);
      for (const grouped of rows.length > 0 ? group(rows) : []) waiting.push({ rows: grouped, claimedAt });
      startWaiting();
      if (rows.length === 0) return 'empty';
      return rows.length === limit && !isFailing ? 'full' : 'some';
    } catch (error) {
      if (!isReported) logger.warn('due rows could not be claimed', { work: name, error });
      isReported = isConnectionLost(error) || isDatabaseBusy(error);
      return 'failed';
    }
  }

  function startWaiting(): void {
    while (handled.size < concurrency && !timer.isStopped) {
      const next = waiting.shift();
      if (!next) return;
      // Too little of the lease is left; the rows are claimed again when it ends.
      if (performance.now() - next.claimedAt > table.leaseMs / 2) continue;
      const run = runGroup(next.rows).finally(() => {
        handled.delete(run);
        startWaiting();
        timer.resume();
      });
      handled.add(run);
    }
  }

  async function runGroup(rows: readonly Claimed[]): Promise<void> {
    const requestId = `${name}-${randomUUID().slice(0, 8)}`;
    await runWithRequestContext({ requestId }, async () => {
      try {
        await runStep(rows);
        isFailing = false;
      } catch (error) {
        isFailing = true;
        logger.warn('due work failed and is retried', { work: name, rows: rows.length, error });
        await retryLater(rows);
      }
    });
  }

  /** In the trace of its rows, or in a new one if they belong to several. */
  function runStep(rows: readonly Claimed[]): Promise<void> {
    const { traceparentOf = () => undefined } = options;
    const traceparents = rows.map(traceparentOf);
    const attributes = { 'shop.work': name, 'shop.rows': rows.length };
    const span = { kind: 'internal', attributes, links: traceparents } as const;
    return runInTraceOf(traceparents, () => inSpan(`poll ${name}`, span, () => handle(rows)));
  }

  async function retryLater(rows: readonly Claimed[]): Promise<void> {
    const pauses = rows.map(({ dueTries }) => equalJitterMs(dueTries, backoff));
    if (await setDue(rows, pauses)) timer.wake(Math.min(...pauses));
  }

  async function setDue(rows: readonly Claimed[], pauses: readonly number[]): Promise<boolean> {
    try {
      await query(dataSource, postpone, postponeValues(rows, pauses));
      return true;
    } catch (error) {
      logger.warn('due work waits for the end of its lease', { work: name, error });
      return false;
    }
  }

  /** Makes claimed rows that were not started due for other processes. */
  async function releaseWaiting(): Promise<void> {
    const rows = waiting.splice(0).flatMap((group) => group.rows);
    if (rows.length > 0)
      await setDue(
        rows,
        rows.map(() => 0),
      );
  }

  return {
    start() {
      isStarted = true;
      timer.wake();
    },
    wake(delayMs) {
      if (isStarted) timer.wake(delayMs);
    },
    async stop() {
      await timer.stop();
      await releaseWaiting();
      await Promise.all(handled);
    },
  };
}
