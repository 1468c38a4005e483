import { inTransaction, type Transaction } from '@shop/kit/database';
import { problem } from '@shop/kit/errors';
import { requestHash } from '@shop/kit/idempotency';
import type { DataSource } from 'typeorm';
import type { IdempotencyRepository } from './idempotency.repository';

export type IdempotencyConflict = { __typename: 'IdempotencyConflict'; code: string; message: string };

/** `replayed`: the answer is the first one again; nothing was done. */
export interface IdempotentAnswer<Answer> {
  answer: Answer | IdempotencyConflict;
  replayed: boolean;
}

export interface IdempotentRequest {
  userId: string;
  /** None: the request is done each time that it comes. */
  key: string | null | undefined;
  operation: string;
  request: object;
}

/** Does a request once per key: the key, the effect and the answer are committed together or not at all. */
export class IdempotencyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: IdempotencyRepository,
  ) {}

  /** Refusals that `work` answers are remembered too; what it throws is not. */
  run<Answer extends object>(
    { userId, key, operation, request }: IdempotentRequest,
    work: (transaction: Transaction) => Promise<Answer>,
  ): Promise<IdempotentAnswer<Answer>> {
    return inTransaction(this.dataSource, async (transaction) => {
      if (!key) return { answer: await work(transaction), replayed: false };
      const hash = requestHash(operation, request);
      if (!(await this.keys.claim(transaction, { userId, key, requestHash: hash }))) {
        const first = await this.keys.getAnswer<Answer>(transaction, { userId, key });
        return hash.equals(first.requestHash)
          ? { answer: first.answer, replayed: true }
          : { answer: conflict(), replayed: false };
      }
      const answer = await work(transaction);
      await this.keys.saveAnswer(transaction, { userId, key, answer });
      return { answer, replayed: false };
    });
  }
}

function conflict(): IdempotencyConflict {
  return { __typename: 'IdempotencyConflict', ...problem('idempotency_conflict') };
}
