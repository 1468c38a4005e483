/** A command that failed as expected; the message is shown to the operator. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
