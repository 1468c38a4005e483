import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { query, type Statement, statement, type Transaction } from '../database';
import { AppError } from '../errors';

/** Keys are unique per user. */
export interface KeyOfUser {
  userId: string;
  key: string;
}

/** A key that a request has claimed. */
export interface StoredKey<Result = object> extends KeyOfUser {
  /** `requestHash` of the request. */
  requestHash: Buffer;
  /** The stored result for repeats; null while the first request is in progress. */
  result: Result | null;
}

/** The statements of one service's table `idempotency_keys`. */
export interface KeyTable<Row> {
  find: Statement;
  claim: Statement;
  saveResult: Statement;
  /** The values of `claim` in the order of its parameters. */
  valuesOf(row: Row): unknown[];
  /**
   * For a WITH item of a larger statement: an INSERT that claims the key; returns no row if it is
   * taken.
   *
   * @param values an SQL expression for each value
   * @param from the item whose row the claim depends on
   */
  claimFrom(values: Record<keyof Row, string>, from: string): string;
}

/**
 * Describes the table: `user_id`, `key` (together the primary key), `request_hash` (bytea), the
 * result (jsonb), and `created_at` with a default, from which the retention is counted.
 *
 * @param columns the names of the result's column and of those that only this service has
 */
export function keyTable<Row extends StoredKey>(
  columns: Record<Exclude<keyof Row, 'userId' | 'key' | 'requestHash'>, string>,
): KeyTable<Row> {
  const all: Record<string, string> = {
    userId: 'user_id',
    key: 'key',
    requestHash: 'request_hash',
    ...columns,
  };
  const properties = Object.keys(all) as (keyof Row & string)[];
  const names = Object.values(all).join(', ');
  const claimBy = (source: string) =>
    `INSERT INTO idempotency_keys (${names}) ${source} ON CONFLICT DO NOTHING RETURNING user_id`;
  const isKey = 'user_id = $1 AND key = $2';
  return {
    find: statement(
      'IdempotencyStore.find',
      `SELECT ${properties.map((property) => `${all[property]} AS "${property}"`).join(', ')}
         FROM idempotency_keys WHERE ${isKey}`,
    ),
    claim: statement(
      'IdempotencyStore.claim',
      claimBy(`VALUES (${properties.map((_property, index) => `$${index + 1}`).join(', ')})`),
    ),
    saveResult: statement(
      'IdempotencyStore.saveResult',
      `UPDATE idempotency_keys SET ${all['result']} = $3 WHERE ${isKey} RETURNING user_id`,
    ),
    valuesOf: (row) => properties.map((property) => row[property]),
    claimFrom: (values, from) =>
      claimBy(`SELECT ${properties.map((property) => values[property]).join(', ')} FROM ${from}`),
  };
}

/** Less than the gateway's timeout. */
const longestWaitMs = 3_500;
const longestPauseMs = 200;

/**
 * The keys of requests that must take effect once. The first request claims the key in the
 * transaction or statement of its effect and stores its result there or later. A repeat gets that
 * result, also if it was a rejection; the same key with another request is a conflict.
 */
export class IdempotencyStore<Row extends StoredKey> {
  constructor(
    protected readonly where: DataSource | Transaction,
    private readonly table: KeyTable<Row>,
  ) {}

  async find({ userId, key }: KeyOfUser): Promise<Row | null> {
    const [row] = await query<Row>(this.where, this.table.find, [userId, key]);
    return row ?? null;
  }

  /** Waits for a concurrent claim of the same key. @returns false if the key was claimed before */
  async claim(row: Row): Promise<boolean> {
    return (await query(this.where, this.table.claim, this.table.valuesOf(row))).length === 1;
  }

  async saveResult({ userId, key }: KeyOfUser, result: NonNullable<Row['result']>): Promise<void> {
    await query(this.where, this.table.saveResult, [userId, key, result]);
  }

  /**
   * Returns the stored key with its result; waits for it while the first request is in progress.
   *
   * @param claimed the key as it was found, or null if it was released since the claim failed
   * @returns null if the key was used for another request
   * @throws AppError idempotency_in_progress after a wait · upstream_unavailable if the first
   *   request had no effect
   */
  async replay(
    claimed: Row | null,
    requestHash: Buffer,
  ): Promise<(Row & { result: NonNullable<Row['result']> }) | null> {
    const waitUntilMs = performance.now() + longestWaitMs;
    let pauseMs = 25;
    for (let row = claimed; row !== null; row = await this.find(row)) {
      const { result } = row;
      if (!row.requestHash.equals(requestHash)) return null;
      if (result !== null) return { ...row, result };
      if (performance.now() > waitUntilMs) throw inProgress();
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    throw hadNoEffect();
  }
}

function hadNoEffect(): AppError {
  const message = 'The first request with this idempotency key was not carried out: repeat it.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}

function inProgress(): AppError {
  const message = 'The first request with this idempotency key is still in progress: repeat after a moment.';
  return new AppError('idempotency_in_progress', message, { retryAfterSeconds: 1 });
}
