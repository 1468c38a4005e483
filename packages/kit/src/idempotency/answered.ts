/** An answer, and whether it is the first one again because of an idempotency key. */
export interface Answered<Answer> {
  answer: Answer;
  replayed: boolean;
}

export function first<Answer>(answer: Answer): Answered<Answer> {
  return { answer, replayed: false };
}

export function replayed<Answer>(answer: Answer): Answered<Answer> {
  return { answer, replayed: true };
}
