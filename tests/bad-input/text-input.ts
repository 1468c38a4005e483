import { type RawClient, headerValue, type RawResponse, type RawRequest } from './raw-client';
import { leaksIn } from './response-leaks';
import { naughtyStrings } from './naughty-strings';

/** Data that a request needs so that the text in it is validated. */
export interface TestData {
  adminToken: string;
  customerToken: string;
  customerEmail: string;
  customerPassword: string;
  productId: string;
  /** Unpaid orders of the customer. Several, because a payment in progress locks its order. */
  orderIds: readonly string[];
}

/** A request with text from outside in one or several fields. */
export interface TextInput {
  name: string;
  /** Default: all naughty strings. */
  texts?: readonly string[];
  /** Each request hashes a password: concurrent ones can get 503 because the queue is full. */
  isSequential?: boolean;
  /** The number of fields that contain the text. Default 1. */
  positions?: number;
  /** Undefined if the text cannot be sent in this input. */
  request: (text: string, data: TestData) => RawRequest | undefined;
  /** The allowed statuses of the response. */
  statuses: readonly number[];
}

/** The response to one text, and the rules that it violates. */
export interface Result {
  text: string;
  inputs: number;
  status: number;
  violations: string[];
  response: string;
}

/** Returns a result for each text that can be sent in the input. */
export async function sendTexts(client: RawClient, input: TextInput, data: TestData): Promise<Result[]> {
  const { texts = naughtyStrings, request, isSequential = false } = input;
  const sendText = async (text: string): Promise<Result[]> => {
    const sent = request(text, data);
    return sent ? [evaluate(text, await client.send(sent), input)] : [];
  };
  if (!isSequential) return (await Promise.all(texts.map(sendText))).flat();
  const results: Result[] = [];
  for (const text of texts) results.push(...(await sendText(text)));
  return results;
}

export function evaluate(
  text: string,
  response: RawResponse,
  { positions = 1, statuses }: Pick<TextInput, 'positions' | 'statuses'>,
): Result {
  const { status } = response;
  const wrongStatus = statuses.includes(status) ? [] : [`the status is not ${statuses.join(' or ')}`];
  const violations = [...wrongStatus, ...leaksIn(response)];
  return { text, inputs: positions, status, violations, response: response.text.slice(0, 400) };
}

export const failuresIn = (results: readonly Result[]): Result[] =>
  results.filter(({ violations }) => violations.length > 0);

/** One line: the number of inputs, requests and failures, and responses by status. */
export function summary(results: readonly Result[]): string {
  const inputs = results.reduce((sum, result) => sum + result.inputs, 0);
  const counts = new Map<number, number>();
  for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
  const byStatus = [...counts]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`);
  return `${inputs} inputs in ${results.length} requests, ${failuresIn(results).length} failed (${byStatus.join(', ')})`;
}

/** A header with the text; undefined if no header can contain it. */
export function inHeader(
  name: string,
  text: string,
  around = (value: string) => value,
): Record<string, string> | undefined {
  const value = headerValue(text);
  return value === undefined ? undefined : { [name]: around(value) };
}
