import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { query, type Statement, statement } from '../database';
import type { Logger } from '../logger';
import { counter } from '../metrics';

/** Which rows of one table are deleted, and at what age. */
export interface RetentionRule {
  /** With its schema if it is not in the search path. */
  table: string;
  /** The `timestamptz` column from which the age is counted. It needs an index. */
  ageColumn: string;
  /** SQL condition that a deleted row must meet as well; if omitted, all old rows are deleted. */
  where?: string;
  /** Minimum age of a deleted row. */
  retentionMs: number;
}

/**
 * Deletes one batch of old rows, oldest first. Rows that are locked by another transaction are
 * skipped. Parameters: the age in milliseconds, the maximum number of rows.
 */
function deleteStatement({ table, ageColumn, where = 'true' }: RetentionRule): Statement {
  return statement(
    `Retention.delete:${table}`,
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table}
        WHERE ${ageColumn} < now() - $1 * interval '1 millisecond' AND (${where})
        ORDER BY ${ageColumn} LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
  );
}

const unitMs = { hours: 3_600_000, days: 24 * 3_600_000 };

const longest = 100_000;

/** One retention time of a service, a whole number of hours or days. */
interface RetentionTime {
  unit: keyof typeof unitMs;
  minimum: number;
  byDefault: number;
  /** Why the minimum is required, for the error message. */
  why: string;
  /** What is deleted after this time. */
  rows: readonly Omit<RetentionRule, 'retentionMs'>[];
}

/**
 * Defines the retention rules of a service by the names of their settings.
 *
 * @returns the settings for the service's environment, and the rules with the values of the
 *   settings
 */
export function defineRetention<Name extends string>(retentions: Record<Name, RetentionTime>) {
  const entries = Object.entries<RetentionTime>(retentions) as [Name, RetentionTime][];
  return {
    environment: Object.fromEntries(
      entries.map(([name, retention]) => [name, settingOf(retention)]),
    ) as Record<Name, ReturnType<typeof settingOf>>,
    rules: (settings: Record<Name, number>): RetentionRule[] =>
      entries.flatMap(([name, { unit, rows }]) =>
        rows.map((rule) => ({ ...rule, retentionMs: settings[name] * unitMs[unit] })),
      ),
  };
}

function settingOf({ unit, minimum, byDefault, why }: RetentionTime) {
  return z.coerce
    .number()
    .int()
    .min(minimum, `it must be at least ${minimum} ${unit}, because ${why}`)
    .max(longest)
    .default(byDefault);
}

/** How long the response to a request with an idempotency key is kept. */
export const idempotencyRetention = {
  unit: 'hours',
  minimum: 24,
  byDefault: 72,
  why: 'clients repeat a request for up to a day, and one after the retention is executed again',
} as const;

/** Rows per statement: keeps locks to some milliseconds and avoids bursts of WAL. */
const batchSize = 1_000;
const pauseBetweenBatchesMs = 100;
const defaultIntervalMs = 10 * 60_000;

const deleted = counter({
  name: 'shop_retention_deleted_rows_total',
  help: 'Rows that this process has deleted because their retention had ended.',
  labels: { table: 'the tables with a retention' },
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
