import { text } from 'node:stream/consumers';
import { isUuid } from '../ids';
import { OperatorError } from './options';
import type { OperatorCommand } from './run-operator';
import { readSnapshot, type Snapshot } from './snapshot';

export interface StateExportOptions {
  service: string;
  /** Sequences of records, exported one after the other. */
  read: (snapshot: Snapshot) => readonly AsyncIterable<object>[];
  /** When reading began, if before the snapshot; in milliseconds since 1970. */
  asOfMs?: number;
}

/**
 * Exports the state of a service at one moment, for `reconcile`: first `snapshot` with the time,
 * then the records, then `end` with their count, which proves that the export is complete.
 */
export function exportState(
  databaseUrl: string,
  { service, read, asOfMs }: StateExportOptions,
): AsyncGenerator<object> {
  return readSnapshot(databaseUrl, async function* exportRecords(snapshot) {
    yield { kind: 'snapshot', service, atMs: Math.min(asOfMs ?? Infinity, snapshot.atMs) };
    let records = 0;
    for (const sequence of read(snapshot)) {
      for await (const record of sequence) {
        records += 1;
        yield record;
      }
    }
    yield { kind: 'end', records };
  });
}

/**
 * The command `export`: exports everything, or with `scopeOption` only the records of the IDs on
 * standard input.
 */
export function exportStateCommand(
  records: (databaseUrl: string, scope: ExportScope, args: readonly string[]) => AsyncIterable<object>,
  scopeOption?: `--${string}`,
): OperatorCommand {
  return async ({ databaseUrl, args, print }) => {
    const scope = await readExportScope(args, scopeOption);
    for await (const record of records(databaseUrl, scope, args)) await print(record);
  };
}

/** The command `changes <Unix time in ms>`: the records that have changed since. */
export function changesCommand(
  changes: (databaseUrl: string, since: Date, args: readonly string[]) => AsyncIterable<object>,
): OperatorCommand {
  return async ({ databaseUrl, args, print }) => {
    const since = new Date(Number(args[0] ?? Number.NaN));
    if (Number.isNaN(since.getTime()))
      throw new OperatorError(`changes: expected milliseconds since 1970, got ${args[0] ?? 'nothing'}`);
    for await (const change of changes(databaseUrl, since, args)) await print(change);
  };
}

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
async function readExportScope(args: readonly string[], option: string | undefined): Promise<ExportScope> {
  if (option === undefined || !args.includes(option)) return {};
  const ids: unknown = JSON.parse(await text(process.stdin));
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string' && isUuid(id)))
    throw new OperatorError(`${option} requires a JSON array of IDs on standard input`);
  return { ids };
}
