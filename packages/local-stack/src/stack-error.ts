/** A failure whose message has one line with the problem and the fix; printed without a stack. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
