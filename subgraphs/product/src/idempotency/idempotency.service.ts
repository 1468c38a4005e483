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
import { problem } from '../errors';

export type IdempotencyConflict = { __typename: 'IdempotencyConflict'; code: string; message: string };

export interface IdempotentRequest {
  userId: string;
  /** None: the request is done each time that it comes. */
  key: string | null | undefined;
  operation: string;
  request: object;
}

const keys = keyTable<StoredKey>({ result: 'answer' });

/** Does a request once per key: the key, the effect and the answer are committed together or not at all. */
export class IdempotencyService {
  constructor(private readonly dataSource: DataSource) {}

  /** Refusals that `work` answers are remembered too; what it throws is not. */
  run<Answer extends object>(
    { userId, key, operation, request }: IdempotentRequest,
    work: (transaction: Transaction) => Promise<Answer>,
  ): Promise<ReplayableResult<Answer | IdempotencyConflict>> {
    return inTransaction(this.dataSource, async (transaction) => {
      if (!key) return first(await work(transaction));
      const store = new IdempotencyStore(transaction, keys);
      const claim = { userId, key, requestHash: requestHash(operation, request), result: null };
      if (!(await store.claim(claim))) {
        const earlier = await store.replay(await store.find(claim), claim.requestHash);
        return earlier ? replayed(withDates(earlier.result) as Answer) : first(conflict());
      }
      const answer = await work(transaction);
      await store.saveResult(claim, answer);
      return first(answer);
    });
  }
}

/** A stored answer can hold a product; what ends in `At` was a Date. */
function withDates(answer: object): object {
  return JSON.parse(JSON.stringify(answer), (name, value: unknown) =>
    name.endsWith('At') && typeof value === 'string' ? new Date(value) : value,
  ) as object;
}

function conflict(): IdempotencyConflict {
  return { __typename: 'IdempotencyConflict', ...problem('idempotency_conflict') };
}
