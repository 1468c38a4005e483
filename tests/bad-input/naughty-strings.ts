import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const corpus = JSON.parse(readFileSync(join(__dirname, '../corpora/blns.json'), 'utf8')) as string[];

/** Strings that a JSON file cannot contain, and limits of this schema. */
const additional = [
  '\0',
  'a\0b',
  '\ud800',
  '\udfff',
  'a\ud83db',
  'swapped \udca9\ud83d',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'line one\r\nSet-Cookie: session=1\r\n\r\n<html>',
  '\u202eright to left\u202c \u2066isolated\u2069',
  '\ufeff',
  '\uffff\ufffe',
  'e\u0301'.repeat(40),
  '👩‍👩‍👧‍👦'.repeat(10),
  // Each character is 18 letters after NFKC: one word that exceeds the limit of full-text search.
  '\ufdfa'.repeat(200),
  '\u3316'.repeat(200),
  'x'.repeat(129),
  'x'.repeat(201),
  'x'.repeat(5_001),
  '../../etc/passwd',
  '%00',
  '%ZZ',
  '%ed%a0%80',
  '00000000-0000-0000-0000-00000000000g',
  '{00000000-0000-7000-8000-000000000000}',
  '00000000000070008000000000000000',
  '2147483648',
  '9007199254740993',
  '1e309',
  '-0',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2026-02-30T00:00:00Z',
];

/** The Big List of Naughty Strings and the additional ones, without duplicates. */
export const naughtyStrings: readonly string[] = [...new Set([...corpus, ...additional])];

/** A sample of all kinds, for requests that hash a password. */
export const naughtySample: readonly string[] = naughtyStrings.filter((_text, index) => index % 21 === 3);

/** Whether PostgreSQL can store the text unchanged. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

export const charactersOf = (text: string): number => [...text].length;
