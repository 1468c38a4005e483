import { type RawClient, headerValue, type RawResponse, type RawRequest } from './raw-client';
import { offencesIn } from './harmless';
import { naughtyStrings } from './naughty-strings';

/** What requests need so that they get as far as the text that is tried. */
export interface Given {
  adminToken: string;
  customerToken: string;
  customerEmail: string;
  customerPassword: string;
  productId: string;
  /** Unpaid, of the customer; several, because one is held by a payment that is under way. */
  orderIds: readonly string[];
}

/** One request that takes text from outside, and where in it the text goes. */
export interface Place {
  name: string;
  /** Left out: all of them. */
  texts?: readonly string[];
  /** Each hashes a password: several at once on a busy machine are rightly told to come again. */
  isDear?: boolean;
  /** In how many fields of the request the text is. Default 1. */
  positions?: number;
  /** Undefined for a text that cannot be sent there. */
  request: (text: string, given: Given) => RawRequest | undefined;
  /** Every status that may come back. */
  statuses: readonly number[];
}

/** One text that was sent, and all that is wrong with its answer. */
export interface Trial {
  text: string;
  inputs: number;
  status: number;
  offences: string[];
  response: string;
}

/** Answers a trial for each text that can be sent to the place. */
export async function tryPlace(client: RawClient, place: Place, given: Given): Promise<Trial[]> {
  const { texts = naughtyStrings, request, isDear = false } = place;
  const tryText = async (text: string): Promise<Trial[]> => {
    const sent = request(text, given);
    return sent ? [evaluate(text, await client.send(sent), place)] : [];
  };
  if (!isDear) return (await Promise.all(texts.map(tryText))).flat();
  const trials: Trial[] = [];
  for (const text of texts) trials.push(...(await tryText(text)));
  return trials;
}

export function evaluate(
  text: string,
  response: RawResponse,
  { positions = 1, statuses }: Pick<Place, 'positions' | 'statuses'>,
): Trial {
  const { status } = response;
  const wrongStatus = statuses.includes(status) ? [] : [`the status is not ${statuses.join(' or ')}`];
  const offences = [...wrongStatus, ...offencesIn(response)];
  return { text, inputs: positions, status, offences, response: response.text.slice(0, 400) };
}

/** For an expectation: those that were not answered as they should be. */
export const failuresIn = (trials: readonly Trial[]): Trial[] =>
  trials.filter(({ offences }) => offences.length > 0);

/** One line: how many were tried, and what came back. */
export function summary(trials: readonly Trial[]): string {
  const inputs = trials.reduce((sum, trial) => sum + trial.inputs, 0);
  const counts = new Map<number, number>();
  for (const { status } of trials) counts.set(status, (counts.get(status) ?? 0) + 1);
  const byStatus = [...counts]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`);
  return `${inputs} inputs in ${trials.length} requests, ${failuresIn(trials).length} badly answered (${byStatus.join(', ')})`;
}

/** Headers with the text in the one that is named; undefined when no header can hold it. */
export function inHeader(
  name: string,
  text: string,
  around = (value: string) => value,
): Record<string, string> | undefined {
  const value = headerValue(text);
  return value === undefined ? undefined : { [name]: around(value) };
}
