import type { GraphQLFormattedError } from 'graphql';
import { codeOfGraphqlCode } from '../../../gateway/src/rest/shapes/problem-types';

/** The HTTP response of a gateway. */
export interface Answer {
  status: number;
  body: {
    data?: unknown;
    errors?: GraphQLFormattedError[];
    extensions?: Record<string, unknown>;
  };
}

export interface Difference {
  /** Where: a path in the data, or what differs. */
  at: string;
  ours: unknown;
  stock: unknown;
}

/**
 * The first difference between two responses, or undefined.
 *
 * Compared exactly: the HTTP status, `data` with the order of its fields, and of every error its
 * path, its code and its message. Normalised:
 *
 * - The order of errors, and `extensions` besides the code: the specification defines none.
 * - Codes that the contract does not list, internal errors and unavailable subgraphs are one class,
 *   `fault`, without messages: the gateway masks them on purpose.
 * - `extensions.valueCompletion` of the stock gateway are errors of the class `fault`.
 * - An error of the stock gateway without a path, beside data, stands for the whole fetch. The
 *   gateway under test has the error at each lost field instead: at least one, each at a null.
 */
export function firstDifference(ours: Answer, stock: Answer): Difference | undefined {
  if (ours.status !== stock.status) return { at: 'HTTP status', ours: ours.status, stock: stock.status };
  return differenceOfData(ours.body.data, stock.body.data, 'data') ?? differenceOfErrors(ours, stock);
}

/** Includes the order of the members of objects. */
function differenceOfData(ours: unknown, stock: unknown, at: string): Difference | undefined {
  if (!isObject(ours) || !isObject(stock) || Array.isArray(ours) !== Array.isArray(stock))
    return Object.is(ours, stock) ? undefined : { at, ours, stock };
  const [names, expected] = [Object.keys(ours), Object.keys(stock)];
  if (names.join() !== expected.join())
    return { at: `${at}, names of the fields`, ours: names, stock: expected };
  for (const name of names) {
    const difference = differenceOfData(ours[name], stock[name], `${at}.${name}`);
    if (difference) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** An error as it is compared. */
interface ComparedError {
  path: string | undefined;
  class: string;
  /** Undefined for the class `fault`. */
  message: string | undefined;
}

function compared({ path, message, extensions }: GraphQLFormattedError): ComparedError {
  const code = String(extensions?.['code']);
  const known = codeOfGraphqlCode(code);
  const isFault =
    extensions?.['response'] !== undefined ||
    (known === undefined
      ? !requestErrors.has(code)
      : known === 'internal' || known === 'upstream_unavailable');
  return {
    path: path && !path.includes('@') && !path.includes('_entities') ? path.join('.') : undefined,
    ...(isFault ? { class: 'fault', message: undefined } : { class: code, message }),
  };
}

/** Of Apollo Server, beside the codes of the contract. */
const requestErrors = new Set([
  ...['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST'],
  ...['OPERATION_RESOLUTION_FAILURE', 'PERSISTED_QUERY_NOT_FOUND'],
]);

const keyOf = (error: ComparedError) => JSON.stringify([error.path, error.class, error.message]);

function differenceOfErrors(ours: Answer, stock: Answer): Difference | undefined {
  const actual = errorsOf(ours);
  const expected = errorsOf(stock);
  const ofFetches = isObject(stock.body.data) ? expected.filter(({ path }) => path === undefined) : [];
  const rest = [...actual];
  for (const error of expected) {
    if (ofFetches.includes(error)) continue;
    const index = rest.findIndex((one) => keyOf(one) === keyOf(error));
    if (index === -1) return { at: 'an error is missing', ours: actual, stock: error };
    rest.splice(index, 1);
  }
  for (const error of ofFetches) {
    if (!rest.some((one) => isOfFetch(one, error)))
      return { at: 'an error of a fetch is missing', ours: actual, stock: error };
  }
  const surplus = rest.find(
    (one) => !ofFetches.some((error) => isOfFetch(one, error)) || !isNullAt(ours.body.data, one.path),
  );
  return surplus && { at: 'an error that is not expected', ours: surplus, stock: expected };
}

function isOfFetch(one: ComparedError, ofFetch: ComparedError): boolean {
  return one.class === ofFetch.class && one.message === ofFetch.message;
}

function errorsOf({ body: { errors = [], extensions } }: Answer): ComparedError[] {
  const incomplete = (extensions?.['valueCompletion'] ?? []) as GraphQLFormattedError[];
  const faults = incomplete.map(({ path }) => ({
    path: path?.join('.'),
    class: 'fault',
    message: undefined,
  }));
  return [...errors.map(compared), ...faults];
}

function isNullAt(data: unknown, path = ''): boolean {
  const value = path
    .split('.')
    .reduce<unknown>((object, key) => (isObject(object) ? object[key] : undefined), data);
  return value === null;
}
