/**
 * A failure whose message tells, in one line, what is wrong and what to do: printed as it is,
 * without a stack.
 */
export class StackError extends Error {
  override readonly name = 'StackError';
}
