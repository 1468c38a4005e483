import { text } from 'node:stream/consumers';
import { isUuid } from '../ids';
import { OperatorError } from './operator-error';

/** Which orders' facts are wanted. */
export interface FactScope {
  /** Everybody's when left out. */
  orderIds?: readonly string[];
}

/** For a statement with `wantedOrders(column)`: its only parameter. */
export const scopeParameters = ({ orderIds }: FactScope): unknown[] => [orderIds ?? null];

/** A condition on a column with an order's id, `$1` being the wanted ids, or null for all. */
export const wantedOrders = (column: string): string => `($1::uuid[] IS NULL OR ${column} = ANY ($1))`;

/** With `--orders`, the ids are a JSON array on standard input: there may be more than arguments can hold. */
export async function readFactScope(words: readonly string[]): Promise<FactScope> {
  if (!words.includes('--orders')) return {};
  const orderIds: unknown = JSON.parse(await text(process.stdin));
  if (!Array.isArray(orderIds) || !orderIds.every((id) => typeof id === 'string' && isUuid(id)))
    throw new OperatorError('--orders needs a JSON array of order ids on standard input');
  return { orderIds: orderIds };
}
