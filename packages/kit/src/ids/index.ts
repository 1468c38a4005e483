export { cellOf, newId, newIdFor } from './uuid-v7';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Check IDs from outside before they reach SQL. An ID that is not a UUID matches nothing; it is no
 * error.
 */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
