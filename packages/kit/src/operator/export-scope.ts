import { text } from 'node:stream/consumers';
import { isUuid } from '../ids';
import { OperatorError } from './operator-error';

/** The orders to export. */
export interface ExportScope {
  /** All orders if undefined. */
  orderIds?: readonly string[];
}

/** The only parameter of a statement with `wantedOrders(column)`. */
export const scopeParameters = ({ orderIds }: ExportScope): unknown[] => [orderIds ?? null];

/** A condition on an order ID column; `$1` is the list of order IDs, or null for all orders. */
export const wantedOrders = (column: string): string => `($1::uuid[] IS NULL OR ${column} = ANY ($1))`;

/** `--orders` reads a JSON array from standard input, because arguments have a size limit. */
export async function readExportScope(args: readonly string[]): Promise<ExportScope> {
  if (!args.includes('--orders')) return {};
  const orderIds: unknown = JSON.parse(await text(process.stdin));
  if (!Array.isArray(orderIds) || !orderIds.every((id) => typeof id === 'string' && isUuid(id)))
    throw new OperatorError('--orders requires a JSON array of order IDs on standard input');
  return { orderIds: orderIds };
}
