import { isUuid } from '@shop/kit/ids';
import type { ShopEvent } from '../contracts';
import type { EventVerifier } from './event-signature';

/**
 * The event in a message, if the source that it names has signed it. Whether its data are what this version expects is not asked:
 * what is genuine is never dropped.
 */
export function readSigned(
  body: Uint8Array,
  signature: string,
  verify: EventVerifier,
): ShopEvent | undefined {
  try {
    const event = JSON.parse(new TextDecoder().decode(body)) as Partial<ShopEvent> | null;
    if (typeof event?.source !== 'string' || !isUuid(event.id ?? '')) return undefined;
    return verify(event.source, body, signature) ? (event as ShopEvent) : undefined;
  } catch {
    return undefined;
  }
}
