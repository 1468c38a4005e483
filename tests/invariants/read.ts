import { withClient } from '@shop/local-stack/postgres';

/** Rows of one statement. Cast bigint to float8: amounts stay within 2^53-1. */
export function read<Row>(databaseUrl: string, sql: string): Promise<Row[]> {
  return withClient(databaseUrl, async (client) => (await client.query(sql)).rows as Row[]);
}
