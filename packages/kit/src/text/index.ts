/**
 * True for text that is stored as it came: without NUL, which PostgreSQL refuses, and without lone surrogates,
 * which UTF-8 cannot carry. Ask before text from outside reaches SQL.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
