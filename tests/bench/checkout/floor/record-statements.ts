import { withClient } from '@shop/local-stack/postgres';
import { databaseNames, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import type { Client } from 'pg';

/** A statement as a service sent it. */
export interface SentStatement {
  database: SubgraphName;
  /** Process ID of the backend. */
  backend: number;
  /** Name of a prepared statement. */
  name: string | undefined;
  text: string;
  /** The parameters as text. */
  values: (string | null)[];
}

/** Server settings that `recordStatements` needs; they take effect when the server starts. */
export const recorderSettings = {
  logging_collector: 'on',
  log_destination: 'jsonlog',
  log_rotation_size: '0',
} as const;

/** Records the statements of the services while `work` runs, in the order of the server's log. */
export function recordStatements(superuserUrl: string, work: () => Promise<void>): Promise<SentStatement[]> {
  return withClient(superuserUrl, async (client) => {
    const start = await logSize(client);
    try {
      await setLogStatement(client, 'all');
      await work();
    } finally {
      await setLogStatement(client, 'none');
    }
    const { rows } = await client.query<{ log: string }>(
      `SELECT pg_read_file(pg_current_logfile('jsonlog'), $1, $2) AS log`,
      [start, (await logSize(client)) - start],
    );
    return parseLog(rows[0]?.log ?? '');
  });
}

async function logSize(client: Client): Promise<number> {
  const { rows } = await client.query<{ size: number }>(
    `SELECT size::float8 AS size FROM pg_stat_file(pg_current_logfile('jsonlog'))`,
  );
  return rows[0]?.size ?? 0;
}

async function setLogStatement(client: Client, value: 'all' | 'none'): Promise<void> {
  await client.query(`ALTER SYSTEM SET log_statement = '${value}'`);
  await client.query('SELECT pg_reload_conf()');
}

interface LogLine {
  user?: string;
  dbname?: string;
  pid: number;
  message?: string;
  detail?: string;
}

function parseLog(log: string): SentStatement[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { user, dbname, pid, message = '', detail = '' } = JSON.parse(line) as LogLine;
      const database = subgraphNames.find((name) => databaseNames[name] === dbname);
      const sent = /^(?:statement|execute (?<name>[^\s]+)): (?<text>[\s\S]*)$/.exec(message)?.groups;
      // The services' roles have the names of their databases.
      if (!database || user !== dbname || !sent) return [];
      const name = sent['name'] === '<unnamed>' ? undefined : sent['name'];
      return [{ database, backend: pid, name, text: String(sent['text']), values: parseParameters(detail) }];
    });
}

/** `Parameters: $1 = 'it''s', $2 = NULL` */
function parseParameters(detail: string): (string | null)[] {
  return [...detail.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(
    ([, quoted]) => quoted?.replaceAll("''", "'") ?? null,
  );
}
