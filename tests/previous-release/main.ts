import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres, withClient } from '@shop/local-stack/postgres';
import { databaseNames, recordOf, subgraphNames, workspaceRoot } from '@shop/local-stack/stack';
import { programEnvironment } from '@shop/testkit/database';
import { buyThroughBothApis } from '../containers/buy';
import { buildCommit, CommitMissing } from './checkout';
import { type FormerShop, startFormerShop } from './former-shop';
import { readRelease, recordRelease } from './release-file';

const usage = `Usage: npm run check:previous-release [-- <options>]

Builds the release of previous-release.json in a temporary folder, starts it, migrates its databases with this
code, and buys with its processes: with those that run during the migration, and with new ones (a rollback).

Options
  --orders-sql <statement>  runs this statement in the database orders after the migration, to prove that the check
                            can fail, for example 'ALTER TABLE orders DROP COLUMN version'
  --record <commit>         at a release: writes the commit and the migrations of this build to previous-release.json
  --help                    prints this text

Exit codes: 0 all purchases succeeded; 1 one failed; 3 not tested, because the commit is missing in this clone.
`;

const notTested = 3;
const startMs = performance.now();
const log = (line: string) =>
  void process.stdout.write(`${((performance.now() - startMs) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);

async function check(ordersSql: string | undefined): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'previous-release-'));
  const checkout = join(directory, 'checkout');
  mkdirSync(checkout);
  try {
    const { commit } = readRelease();
    log(`building ${commit}`);
    buildCommit(commit, checkout, log);
    log('built');
    await buyDuringUpgrade({ directory, checkout, ordersSql });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function buyDuringUpgrade(input: {
  directory: string;
  checkout: string;
  ordersSql: string | undefined;
}): Promise<void> {
  const { directory, checkout, ordersSql } = input;
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    databases: Object.values(databaseNames),
    logFile: join(directory, 'postgres.log'),
    isDurable: false,
  });
  const databaseUrls = recordOf(subgraphNames, (name) => postgres.urlOf(databaseNames[name]));
  const start = () => startFormerShop({ checkout, dataDir: join(directory, 'data'), databaseUrls });
  let shop: FormerShop | undefined;
  try {
    shop = await start();
    log('the previous release serves on its own schema');
    await buyThroughBothApis(shop.gatewayUrl, log);
    for (const subgraph of subgraphNames) migrate(subgraph, databaseUrls[subgraph]);
    if (ordersSql) await withClient(databaseUrls.order, (client) => client.query(ordersSql));
    log('migrated by this code, while it serves');
    await buyThroughBothApis(shop.gatewayUrl, log);
    await shop.stop();
    shop = await start();
    log('started again on the new schema');
    await buyThroughBothApis(shop.gatewayUrl, log);
  } catch (error) {
    if (shop) process.stderr.write(`Errors that the previous release has logged:\n${shop.output()}\n`);
    throw error;
  } finally {
    await shop?.stop();
    await postgres.stop();
  }
}

function migrate(subgraph: string, databaseUrl: string): void {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(workspaceRoot, 'subgraphs', subgraph, 'dist', 'migrate.js')],
    { encoding: 'utf8', env: { ...programEnvironment(), LOG_LEVEL: 'info', DATABASE_URL: databaseUrl } },
  );
  if (status !== 0) throw new Error(`${subgraph}: migrate failed:\n${stdout}`);
  const { migrations } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { migrations: string[] };
  log(`${subgraph}: ${migrations.length > 0 ? migrations.join(', ') : 'no new migration'}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'orders-sql': { type: 'string' }, record: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return void process.stdout.write(usage);
  if (values.record === undefined) {
    await check(values['orders-sql']);
    return log('ok: the previous release buys on the new schema');
  }
  const commit = execFileSync('git', ['rev-parse', '--verify', `${values.record}^{commit}`], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  }).trim();
  recordRelease(commit);
  log(`recorded ${commit} in previous-release.json`);
}

main().catch((error: Error) => {
  const isMissing = error instanceof CommitMissing;
  process.stderr.write(isMissing ? `PREVIOUS RELEASE NOT TESTED: ${error.message}\n` : `${error.stack}\n`);
  process.exitCode = isMissing ? notTested : 1;
});
