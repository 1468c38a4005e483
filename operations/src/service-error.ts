/** A service did not tell what it was asked, or not do it; the message begins with its name. */
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
