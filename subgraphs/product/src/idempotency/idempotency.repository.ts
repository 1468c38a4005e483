import type { Transaction } from '@shop/kit/database';

/** Keys of idempotent requests with their first answers. */
export class IdempotencyRepository {
  /**
   * Makes the key this transaction's own. Waits while another one that has it is under way.
   *
   * @returns false when the key was used before
   */
  async claim(
    transaction: Transaction,
    claim: { userId: string; key: string; requestHash: Buffer },
  ): Promise<boolean> {
    const claimed = await transaction.query<unknown[]>(
      `/* IdempotencyRepository.claim */
       INSERT INTO idempotency_keys (user_id, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING true`,
      [claim.userId, claim.key, claim.requestHash],
    );
    return claimed.length > 0;
  }

  async saveAnswer(
    transaction: Transaction,
    { userId, key, answer }: { userId: string; key: string; answer: object },
  ): Promise<void> {
    await transaction.query(
      `/* IdempotencyRepository.saveAnswer */
       UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND key = $2`,
      [userId, key, JSON.stringify(answer)],
    );
  }

  /** @throws Error when there is none: ask only for a key that could not be claimed */
  async getAnswer<Answer>(
    transaction: Transaction,
    { userId, key }: { userId: string; key: string },
  ): Promise<{ requestHash: Buffer; answer: Answer }> {
    const [row] = await transaction.query<{ requestHash: Buffer; answer: string }[]>(
      `/* IdempotencyRepository.getAnswer */
       SELECT request_hash AS "requestHash", answer::text AS answer
       FROM idempotency_keys WHERE user_id = $1 AND key = $2`,
      [userId, key],
    );
    if (!row) throw new Error('The idempotency key is gone');
    return { requestHash: row.requestHash, answer: JSON.parse(row.answer, reviveDates) as Answer };
  }
}

/** Answers hold products; what ends in `At` was a Date. */
function reviveDates(name: string, value: unknown): unknown {
  return name.endsWith('At') && typeof value === 'string' ? new Date(value) : value;
}
