import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { AppError } from '../errors';

const acceptableKey = /^[\x20-\x7e]{1,128}$/;

/** Message for an invalid key. */
export const idempotencyKeyRule = 'An idempotency key is 1 to 128 printable ASCII characters.';

/** 1 to 128 printable ASCII characters (draft-ietf-httpapi-idempotency-key-header). */
export function isIdempotencyKey(key: string): boolean {
  return acceptableKey.test(key);
}

/** @throws AppError bad_request for an invalid key */
export function requireIdempotencyKey(key: string | null): void {
  if (key !== null && !isIdempotencyKey(key)) throw new AppError('bad_request', idempotencyKeyRule);
}

/**
 * Hash of a request: equal for the same operation and values, independent of the order of fields. A
 * field that is undefined counts as absent.
 *
 * @returns SHA-256, 32 bytes
 */
export function requestHash(operation: string, request: object): Buffer {
  return createHash('sha256').update(operation).update('\0').update(stringify(request)).digest();
}

/** A result, and whether it is the stored one of an idempotency key. */
export interface ReplayableResult<Result> {
  answer: Result;
  replayed: boolean;
}

export function first<Result>(answer: Result): ReplayableResult<Result> {
  return { answer, replayed: false };
}

export function replayed<Result>(answer: Result): ReplayableResult<Result> {
  return { answer, replayed: true };
}
