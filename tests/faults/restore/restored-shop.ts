import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, withClient } from '@shop/local-stack/postgres';
import {
  databaseNames,
  recordOf,
  type Stack,
  startStack,
  type SubgraphName,
  subgraphNames,
} from '@shop/local-stack/stack';
import { programEnvironment, testAdmin } from '@shop/testkit/database';
import { currentTestRun } from '@shop/testkit/run';

export type DatabaseUrls = Readonly<Record<SubgraphName, string>>;

/** A data directory with the keys of the test run. Stacks that use it accept each other's tokens. */
function createDataDir(): string {
  const { directory, keysDir } = currentTestRun();
  const dataDir = mkdtempSync(join(directory, 'restored-'));
  cpSync(keysDir, join(dataDir, 'keys'), { recursive: true });
  return dataDir;
}

/** @param options.port of the gateway: clients keep its URL and their tokens */
export function startShopOn(
  databaseUrls: DatabaseUrls,
  { port, isPrepared }: { port: number; isPrepared: boolean },
): Promise<Stack> {
  return startStack({
    ...{
      dataDir: createDataDir(),
      ports: { gateway: port },
      databaseUrls,
      isPrepared,
      admin: testAdmin,
      seedProducts: 0,
      restart: false,
    },
    env: { ...programEnvironment(), OPEN_ORDERS_PER_CUSTOMER: '1000', HELD_UNITS_PER_CUSTOMER: '1000' },
  });
}

/** Kills all processes, and stops nothing gracefully. */
export async function killShop(stack: Stack): Promise<void> {
  for (const service of Object.values(stack.services)) service.kill('SIGKILL');
  await stack.stop();
}

export function urlsOf(server: Pick<EmbeddedPostgres, 'urlOf'>): DatabaseUrls {
  return recordOf(subgraphNames, (name) => server.urlOf(databaseNames[name]));
}

/** What the payment provider knows: it does not lose anything when the shop does. */
export type ProviderRecords = Readonly<Record<(typeof tables)[number], string>>;

const tables = ['charges', 'refunds', 'notices'] as const;

/** The simulator has its records in the database of payment, which a real provider has not. */
export function readProviderRecords(paymentUrl: string): Promise<ProviderRecords> {
  return withClient(paymentUrl, async (client) => {
    const read = async (table: string) => {
      const sql = `SELECT coalesce(json_agg(record), '[]')::text AS records FROM simulator.${table} AS record`;
      return (await client.query<{ records: string }>(sql)).rows[0]!.records;
    };
    const records: Partial<Record<(typeof tables)[number], string>> = {};
    for (const table of tables) records[table] = await read(table);
    return records as ProviderRecords;
  });
}

/** Replaces the restored records of the simulator by those at the time of the failure. */
export async function writeProviderRecords(paymentUrl: string, records: ProviderRecords): Promise<void> {
  await withClient(paymentUrl, async (client) => {
    await client.query('TRUNCATE simulator.notices, simulator.refunds, simulator.charges');
    for (const table of tables)
      await client.query(
        `INSERT INTO simulator.${table} SELECT * FROM json_populate_recordset(NULL::simulator.${table}, $1)`,
        [records[table]],
      );
  });
}

/**
 * Makes all records five minutes older. Reconcile counts differences of the last two minutes as work in
 * progress, and a restore of real size takes longer than that.
 */
export async function ageRecords(urls: DatabaseUrls): Promise<void> {
  const older = (columns: string[]) =>
    columns.map((column) => `${column} = ${column} - interval '5 minutes'`).join(', ');
  const run = (url: string, statements: string[]) =>
    withClient(url, async (client) => void (await client.query(statements.join('; '))));
  await run(urls.order, [`UPDATE orders SET ${older(['moved_at'])}`]);
  await run(urls.product, [`UPDATE reservations SET ${older(['updated_at'])}`]);
  await run(urls.payment, [
    `UPDATE payments SET ${older(['created_at', 'updated_at'])}`,
    `UPDATE refunds SET ${older(['updated_at'])}`,
    `UPDATE simulator.charges SET ${older(['created_at', 'settles_at'])}`,
    `UPDATE simulator.refunds SET ${older(['created_at', 'settles_at', 'fails_at'])}`,
  ]);
}
