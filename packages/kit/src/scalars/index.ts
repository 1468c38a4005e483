import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { isoText } from './iso-text';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

/** Messages contain only the rule: graphql-js prepends the value received and its path. */
function parseDateTime(value: unknown): Date {
  const date = typeof value === 'string' && rfc3339.test(value) ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime()) || !isDayOfMonth(String(value))) {
    throw new TypeError('DateTime must be an RFC 3339 instant, for example 2026-11-01T12:00:00.000Z.');
  }
  return date;
}

/** `Date` parses 2026-02-30 as 2 March. */
function isDayOfMonth(dateTime: string): boolean {
  const [year, month, day] = dateTime.slice(0, 10).split('-').map(Number) as [number, number, number];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function text(node: ValueNode): string | undefined {
  return node.kind === Kind.STRING ? node.value : undefined;
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'UTC instant, RFC 3339 with milliseconds.',
  serialize: (value) => isoText(value instanceof Date ? value : parseDateTime(value)),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(text(node)),
});

function parseSafeInt(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError('SafeInt must be an integer between -(2^53-1) and 2^53-1.');
  }
  return value;
}

export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: "Integer up to 2^53-1, for money: GraphQL's Int ends at 21 million dollars.",
  serialize: parseSafeInt,
  parseValue: parseSafeInt,
  parseLiteral: (node) => parseSafeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function parseCurrencyCode(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value)) {
    throw new TypeError(
      'CurrencyCode must be an ISO 4217 code of three upper-case letters, for example EUR.',
    );
  }
  return value;
}

export const CurrencyCode = new GraphQLScalarType<string, string>({
  name: 'CurrencyCode',
  description: 'ISO 4217 code, upper case.',
  serialize: parseCurrencyCode,
  parseValue: parseCurrencyCode,
  parseLiteral: (node) => parseCurrencyCode(text(node)),
});

/** Every custom scalar of the schema by name; used by the subgraphs and by the gateway's parser. */
export const customScalars = { CurrencyCode, DateTime, SafeInt };
