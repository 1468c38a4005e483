/** An answer, and whether it is an earlier one given again because of an idempotency key. */
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
