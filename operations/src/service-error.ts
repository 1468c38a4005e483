/** A service did not tell what it was asked, or not do it; the message begins with its name. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}
