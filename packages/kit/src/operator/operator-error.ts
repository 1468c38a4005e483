/** A command that failed as expected; the message is shown to the operator. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

/** No record has the given ID, or none in the status that the command is for. */
export class RecordNotFound extends OperatorError {
  override readonly name = 'RecordNotFound';
}
