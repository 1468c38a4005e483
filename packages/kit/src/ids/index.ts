export { cellOf, newId, newIdFor } from './uuid-v7';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ask before an id from outside reaches SQL: what is no UUID names nothing, it is not an error. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
