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
 * - An error of the stock gateway without a path, beside data, stands for a whole fetch. The gateway
 *   under test has it at each lost field instead: once, at a null; and at or above every null that
 *   `healthy` does not have.
 *
 * @param healthy the stock gateway's response to the same operation without the fault
 */
export function firstDifference(ours: Answer, stock: Answer, healthy?: Answer): Difference | undefined {
  if (ours.status !== stock.status) return { at: 'HTTP status', ours: ours.status, stock: stock.status };
  return (
    differenceOfData(ours.body.data, stock.body.data, 'data') ?? differenceOfErrors(ours, stock, healthy)
  );
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
    known === undefined ? !requestErrors.has(code) : known === 'internal' || known === 'upstream_unavailable';
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

function differenceOfErrors(ours: Answer, stock: Answer, healthy?: Answer): Difference | undefined {
  const expected = errorsOf(stock);
  const surplus = errorsOf(ours);
  /** Errors of whole fetches that the gateway under test has at the lost fields. */
  const ofFetches: ComparedError[] = [];
  for (const error of expected) {
    const index = surplus.findIndex((one) => keyOf(one) === keyOf(error));
    if (index !== -1) surplus.splice(index, 1);
    else if (error.path === undefined && isObject(stock.body.data)) ofFetches.push(error);
    else return { at: 'errors: one is missing', ours: errorsOf(ours), stock: error };
  }
  const lost = surplus.filter((one) => ofFetches.some((error) => isOfFetch(one, error)));
  const unlocated = ofFetches.find((error) => !lost.some((one) => isOfFetch(one, error)));
  if (unlocated) return { at: 'errors: that of a fetch is missing', ours: errorsOf(ours), stock: unlocated };
  const unexpected = surplus.find(
    (one) => !lost.includes(one) || valueAt(ours.body.data, one.path) !== null || isRepeated(one, surplus),
  );
  if (unexpected) return { at: 'errors: one is not expected', ours: unexpected, stock: expected };
  if (ofFetches.length === 0 || !healthy) return undefined;
  const paths = errorsOf(ours).map(({ path = '' }) => path);
  const unexplained = nullsOf(ours.body.data, '').find(
    (path) =>
      valueAt(healthy.body.data, path) !== null && !paths.some((one) => `${path}.`.startsWith(`${one}.`)),
  );
  return unexplained === undefined
    ? undefined
    : { at: 'errors: none at or above a lost field', ours: unexplained, stock: expected };
}

function isOfFetch(one: ComparedError, ofFetch: ComparedError): boolean {
  return one.class === ofFetch.class && one.message === ofFetch.message;
}

function isRepeated(error: ComparedError, errors: readonly ComparedError[]): boolean {
  return errors.filter((one) => keyOf(one) === keyOf(error)).length > 1;
}

/** Paths of all nulls. */
function nullsOf(value: unknown, path: string): string[] {
  if (value === null) return [path];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => nullsOf(inner, path ? `${path}.${name}` : name));
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

/** Undefined if there is no value. */
function valueAt(data: unknown, path = ''): unknown {
  return path.split('.').reduce<unknown>((object, key) => (isObject(object) ? object[key] : undefined), data);
}
