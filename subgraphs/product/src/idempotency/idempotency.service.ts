import { inTransaction, type Transaction } from '@shop/kit/database';
import {
  type ReplayableResult,
  first,
  IdempotencyStore,
  keyTable,
  replayed,
  requestHash,
  type StoredKey,
} from '@shop/kit/idempotency';
import type { DataSource } from 'typeorm';

export interface IdempotentRequest {
  userId: string;
  /** Without a key every repeat takes effect. */
  key: string | null | undefined;
  operation: string;
  request: object;
}

const keys = keyTable<StoredKey>({ result: 'answer' });

/** Carries out a request once per key: the key, the effect and the result commit in one transaction. */
export class IdempotencyService {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores every result of `work`, rejections included, but not an error that it throws. */
  run<Result extends object>(
    { userId, key, operation, request }: IdempotentRequest,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<ReplayableResult<Result | { kind: 'KEY_CONFLICT' }>> {
    return inTransaction(this.dataSource, async (transaction) => {
      if (!key) return first(await work(transaction));
      const store = new IdempotencyStore(transaction, keys);
      const claim = { userId, key, requestHash: requestHash(operation, request), result: null };
      if (!(await store.claim(claim))) {
        const earlier = await store.replay(await store.find(claim), claim.requestHash);
        return earlier ? replayed(withDates(earlier.result) as Result) : first({ kind: 'KEY_CONFLICT' });
      }
      const result = await work(transaction);
      await store.saveResult(claim, result);
      return first(result);
    });
  }
}

/** A stored result can contain a product, whose properties that end in `At` are Dates. */
function withDates(result: object): object {
  return JSON.parse(JSON.stringify(result), (name, value: unknown) =>
    name.endsWith('At') && typeof value === 'string' ? new Date(value) : value,
  ) as object;
}
