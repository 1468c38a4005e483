import { isUtf8 } from 'node:buffer';

/**
 * True for text that is stored as it came: without NUL, which PostgreSQL refuses, and without lone
 * surrogates, which UTF-8 cannot carry. Ask before text from outside reaches SQL.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Decodes UTF-8; undefined for invalid bytes, which `toString` would replace by U+FFFD. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
