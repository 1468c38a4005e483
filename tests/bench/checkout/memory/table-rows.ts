import { withClient } from '@shop/local-stack/postgres';
import { subgraphNames } from '@shop/local-stack/stack';
import type { Client } from 'pg';
import type { MeasuredShop } from '../measured-shop';

export interface TableRows {
  /** Table name, prefixed with its database and, unless it is `public`, its schema. */
  table: string;
  rows: number;
  /** Row versions that autovacuum has not removed yet. */
  deadRows: number;
  /** Includes indexes. */
  megabytes: number;
  /** Rows with `due_at`; undefined for a table without this column. */
  dueRows?: number;
}

interface FoundTable {
  schema: string;
  name: string;
  deadRows: number;
  megabytes: number;
  hasDueRows: boolean;
}

/** Row counts of every table of the shop; `deadRows` is exact only while the shop is suspended. */
export async function tableRowsOf({ databaseUrls }: MeasuredShop): Promise<TableRows[]> {
  const found = await Promise.all(
    subgraphNames.map((database) =>
      withClient(databaseUrls[database], (client) => tablesOf(client, database)),
    ),
  );
  return found.flat();
}

async function tablesOf(client: Client, database: string): Promise<TableRows[]> {
  const { rows: tables } = await client.query<FoundTable>(
    `SELECT schemaname AS schema, relname AS name, n_dead_tup::float8 AS "deadRows",
            pg_total_relation_size(relid) / 1048576.0::float8 AS megabytes,
            EXISTS (SELECT FROM pg_attribute
                     WHERE attrelid = relid AND attname = 'due_at' AND NOT attisdropped) AS "hasDueRows"
       FROM pg_stat_user_tables ORDER BY schemaname, relname`,
  );
  const counted: TableRows[] = [];
  for (const { schema, name, deadRows, megabytes, hasDueRows } of tables) {
    const { rows } = await client.query<{ rows: number; due: number }>(
      `SELECT count(*)::float8 AS rows, ${hasDueRows ? 'count(due_at)' : '0'}::float8 AS due
         FROM ${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`,
    );
    counted.push({
      table: `${database}.${schema === 'public' ? name : `${schema}.${name}`}`,
      ...{ rows: rows[0]?.rows ?? 0, deadRows, megabytes },
      ...(hasDueRows && { dueRows: rows[0]?.due ?? 0 }),
    });
  }
  return counted;
}
