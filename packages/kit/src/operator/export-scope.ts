import { text } from 'node:stream/consumers';
import { isUuid } from '../ids';
import { OperatorError } from './operator-error';

/** The records to export. */
export interface ExportScope {
  /** All records if undefined. */
  ids?: readonly string[];
}

/** The only parameter of a statement with `scopeCondition(column)`. */
export const scopeParameters = ({ ids }: ExportScope): unknown[] => [ids ?? null];

/** A condition on an ID column; `$1` is the list of IDs, or null for all records. */
export const scopeCondition = (column: string): string => `($1::uuid[] IS NULL OR ${column} = ANY ($1))`;

/** `option` reads a JSON array from standard input, because arguments have a size limit. */
export async function readExportScope(
  args: readonly string[],
  option: string | undefined,
): Promise<ExportScope> {
  if (option === undefined || !args.includes(option)) return {};
  const ids: unknown = JSON.parse(await text(process.stdin));
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string' && isUuid(id)))
    throw new OperatorError(`${option} requires a JSON array of IDs on standard input`);
  return { ids };
}
