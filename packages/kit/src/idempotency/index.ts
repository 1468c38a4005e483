export {
  first,
  idempotencyKeyRule,
  isIdempotencyKey,
  type ReplayableResult,
  replayed,
  requestHash,
  requireIdempotencyKey,
} from './idempotency-key';
export { IdempotencyStore, type KeyOfUser, keyTable, type StoredKey } from './idempotency-store';
