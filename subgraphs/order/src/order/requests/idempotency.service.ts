import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@shop/kit/errors';
import { isIdempotencyKey } from '@shop/kit/idempotency';
import type { OrderOutcome } from '../state/order-outcome';
import type { IdempotencyKeyEntity } from '../persistence/idempotency-key.entity';
import type { IdempotencyKeyRepository } from '../persistence/idempotency-key.repository';

/** The key stands for another request. */
export const keyConflict = Symbol('keyConflict');

/** Well below the time that the gateway waits for an answer. */
const longestWaitMs = 3_500;
const longestPauseMs = 200;

export const idempotencyKeyRule = 'An idempotency key is 1 to 128 printable ASCII characters.';

/** @throws AppError bad_request for a key that is none */
export function requireIdempotencyKey(key: string | null | undefined): string | null {
  if (key === null || key === undefined) return null;
  if (!isIdempotencyKey(key)) throw new AppError('bad_request', idempotencyKeyRule);
  return key;
}

export interface EarlierRun {
  outcome: OrderOutcome;
  orderId: string;
  attempt: number;
}

/** Answers repeats of a request from what its first run remembered. */
export class IdempotencyService {
  constructor(private readonly keys: IdempotencyKeyRepository) {}

  /**
   * The first run's outcome; waits for it while that run is under way.
   *
   * @param key the row that was found, or null when it went while it was looked for
   * @throws AppError idempotency_in_progress after a wait, upstream_unavailable when the first run came to nothing
   */
  async replay(
    key: IdempotencyKeyEntity | null,
    requestHash: Buffer,
  ): Promise<EarlierRun | typeof keyConflict> {
    const givenUpAt = performance.now() + longestWaitMs;
    let pauseMs = 25;
    for (let row = key; row !== null; row = await this.keys.find(row)) {
      const { outcome, orderId, attempt } = row;
      if (!row.requestHash.equals(requestHash)) return keyConflict;
      if (outcome) return { outcome, orderId, attempt };
      if (performance.now() > givenUpAt) throw underWay();
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    throw nothingDone();
  }
}

function nothingDone(): AppError {
  const message = 'The first request with this idempotency key was not carried out: repeat it.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}

function underWay(): AppError {
  const message = 'The first request with this idempotency key is still under way: repeat after a moment.';
  return new AppError('idempotency_in_progress', message, { retryAfterSeconds: 1 });
}
