/** An answer, and whether it is the first one again because of an idempotency key. */
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
