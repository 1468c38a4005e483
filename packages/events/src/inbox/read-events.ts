import { parseEvent, type ShopEvent } from '../contracts';

/**
 * Parses each value separately. A value that is invalid or of an unknown type is refused under its
 * ID, '' if it has none.
 */
export function readEvents(values: readonly unknown[]): { events: ShopEvent[]; refused: Map<string, Error> } {
  const events: ShopEvent[] = [];
  const refused = new Map<string, Error>();
  for (const value of values) {
    try {
      events.push(parseEvent(value));
    } catch (error) {
      const { id } = (value ?? {}) as { id?: unknown };
      refused.set(typeof id === 'string' ? id : '', error as Error);
    }
  }
  return { events, refused };
}
