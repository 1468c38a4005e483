import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { query } from '../database';
import type { Logger } from '../logger';
import { counter } from '../metrics';
import { deleteStatement, type RetentionRule } from './retention-rule';

/** Rows per statement: keeps locks to some milliseconds and avoids bursts of WAL. */
const batchSize = 1_000;
const pauseBetweenBatchesMs = 100;
const defaultIntervalMs = 10 * 60_000;

const deleted = counter({
  name: 'shop_retention_deleted_rows_total',
  help: 'Rows that this process has deleted because their retention had ended.',
  labelNames: ['table'],
});

export interface Retention {
  /** Resolves after the batch that is being deleted. */
  stop(): Promise<void>;
}

/**
 * Deletes rows whose retention has ended: first within a minute of the start, then about every ten
 * minutes, with jitter so that replicas do not start together. Safe with any number of processes
 * per database.
 */
export function startRetention(options: {
  dataSource: DataSource;
  rules: readonly RetentionRule[];
  logger: Logger;
  /** Default ten minutes. */
  intervalMs?: number;
}): Retention {
  const { dataSource, rules, logger, intervalMs = defaultIntervalMs } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const wait = (ms: number) => pause(ms, undefined, { signal }).catch(() => undefined);

  async function deleteOld(rule: RetentionRule): Promise<void> {
    const statement = deleteStatement(rule);
    let rows = batchSize;
    while (rows === batchSize && !signal.aborted) {
      rows = (await query(dataSource, statement, [rule.retentionMs, batchSize])).length;
      deleted.inc({ table: rule.table }, rows);
      if (rows === batchSize) await wait(pauseBetweenBatchesMs);
    }
  }

  async function run(): Promise<void> {
    await wait(Math.random() * Math.min(intervalMs, 60_000));
    while (!signal.aborted) {
      for (const rule of rules) {
        if (signal.aborted) return;
        try {
          await deleteOld(rule);
        } catch (error) {
          logger.warn('old rows could not be deleted', { table: rule.table, error });
        }
      }
      await wait(intervalMs * (0.75 + Math.random() / 2));
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
