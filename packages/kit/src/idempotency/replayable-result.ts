/** A result, and whether it is the stored one of an idempotency key. */
export interface ReplayableResult<Answer> {
  answer: Answer;
  replayed: boolean;
}

export function first<Answer>(answer: Answer): ReplayableResult<Answer> {
  return { answer, replayed: false };
}

export function replayed<Answer>(answer: Answer): ReplayableResult<Answer> {
  return { answer, replayed: true };
}
