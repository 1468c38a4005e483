/** A command that cannot do what it was asked for; the message is for the person who asked. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
