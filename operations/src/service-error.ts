/** A command of a service failed; the message starts with the name of the service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** True if the service has no such record. */
  readonly isNotFound: boolean;

  constructor(
    message: string,
    { isNotFound = false, ...options }: ErrorOptions & { isNotFound?: boolean } = {},
  ) {
    super(message, options);
    this.isNotFound = isNotFound;
  }
}
