export { idempotencyKeyRule, isIdempotencyKey, requestHash, requireIdempotencyKey } from './idempotency-key';
export { IdempotencyStore, keyTable } from './idempotency-store';
export type { KeyOfUser, StoredKey } from './idempotency-store';
export { first, replayed } from './replayable-result';
export type { ReplayableResult } from './replayable-result';
