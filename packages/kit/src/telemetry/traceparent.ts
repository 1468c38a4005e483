import { randomFillSync } from 'node:crypto';
import type { TraceContext } from '../request-context';

/** Longest accepted header; a version later than 00 may append fields to the 55 characters of 00. */
const maximumLength = 128;
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const sampledFlag = 1;
const [noTrace, noSpan] = ['0'.repeat(32), '0'.repeat(16)];

/**
 * Parses a W3C `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header). Of a later
 * version the fields of version 00 are used, as the standard says.
 *
 * @returns undefined for any other value
 */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  if (typeof value !== 'string' || value.length > maximumLength) return undefined;
  const match = pattern.exec(value);
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, more] = match as unknown as string[];
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === noTrace || spanId === noSpan) return undefined;
  const sampled = (parseInt(flags as string, 16) & sampledFlag) === sampledFlag;
  return { traceId: traceId as string, spanId: spanId as string, sampled };
}

/** Version 00; of the flags only `sampled` is defined. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

// One system call for many IDs, because every request needs one.
const random = Buffer.alloc(4_096);
let used = random.length;

function randomHex(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.toString('hex', used - bytes, used);
}

export const newTraceId = (): string => randomHex(16);
export const newSpanId = (): string => randomHex(8);
