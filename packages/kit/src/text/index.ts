import { isUtf8 } from 'node:buffer';

/**
 * True for text that can be stored unchanged: without NUL, which PostgreSQL rejects, and without lone
 * surrogates, which UTF-8 cannot encode. Check text from outside before it reaches SQL.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Decodes UTF-8; undefined for invalid bytes, which `toString` would replace by U+FFFD. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
