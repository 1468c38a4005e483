import { createHash, randomBytes } from 'node:crypto';

/** A new UUIDv7 (RFC 9562, section 5.7): sorts by the millisecond of its creation. */
export function newId(): string {
  return uuidV7(randomBytes(2).readUInt16BE());
}

/**
 * A new UUIDv7 whose 12 bits `rand_a` are the user's cell, so that the ID identifies the location
 * of rows of that user.
 */
export function newIdFor(userId: string): string {
  return uuidV7(cellOf(userId));
}

/** The user's cell, 0 to 4095: the first 12 bits of SHA-256 of the ID in lower case. */
export function cellOf(userId: string): number {
  return createHash('sha256').update(userId.toLowerCase()).digest().readUInt16BE() >> 4;
}

const version = 0x7000;
const variant = 0x80;

function uuidV7(randA: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt16BE(version | (randA & 0xfff), 6);
  bytes[8] = (bytes[8]! & 0x3f) | variant;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Check IDs from outside before they reach SQL. An ID that is not a UUID matches nothing; it is no
 * error.
 */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
