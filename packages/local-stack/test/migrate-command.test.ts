import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { withClient } from '@shop/local-stack/postgres';
import { subgraphNames, workspaceRoot } from '@shop/local-stack/stack';
import { cloneDatabase, programEnvironment, type TestDatabase } from '@shop/testkit/database';
import { temporaryDirectory } from './temporary-directory';

const dataDir = temporaryDirectory();

/** Runs on the built programs; none of these commands starts a PostgreSQL. */
const databases: TestDatabase[] = [];
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  databases.push(...(await Promise.all(subgraphNames.map((name) => cloneDatabase(name)))));
  const urls = subgraphNames.map((name, index) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    databases[index]!.url,
  ]);
  env = { ...programEnvironment(), DATA_DIR: dataDir, ...Object.fromEntries(urls) };
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

function run(program: string, args: readonly string[], settings: NodeJS.ProcessEnv) {
  const file = join(workspaceRoot, 'packages/local-stack/dist', program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, 'migrate', ...args], {
    env: { ...env, ...settings },
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { status, rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr };
}

const migrate = (...args: string[]) => run('main.js', args, {});

async function appliedInOrders(): Promise<string[]> {
  return withClient(databases[subgraphNames.indexOf('order')]!.url, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
    return rows.map(({ name }) => name);
  });
}

describe('npm run migrate', () => {
  it('reports, reverts with a confirmation only, and applies', async () => {
    const applied = await appliedInOrders();
    const newest = applied.at(-1)!;
    const status = migrate('status');
    expect(status).toMatchObject({ status: 0 });
    expect(status.rows).toHaveLength(subgraphNames.length);
    expect(status.rows).toContainEqual({
      ...{ service: 'order', applied: applied.length, newest, pending: [], unknown: [] },
    });

    const unconfirmed = migrate('down', '--subgraph', 'order');
    expect(unconfirmed).toMatchObject({ status: 1, rows: [] });
    expect(unconfirmed.stderr).toContain(`add --confirm ${newest}`);
    const wrong = migrate('down', '--subgraph', 'order', '--confirm', applied[0]!);
    expect(wrong).toMatchObject({ status: 1, rows: [] });
    expect(await appliedInOrders()).toEqual(applied);

    expect(migrate('down', '--subgraph', 'order', '--confirm', newest)).toMatchObject({ status: 0 });
    expect(await appliedInOrders()).toEqual(applied.slice(0, -1));
    expect(migrate('status', '--subgraph', 'order')).toMatchObject({
      status: 3,
      rows: [{ service: 'order', pending: [newest] }],
    });

    expect(migrate('up', '--subgraph', 'order')).toMatchObject({ status: 0 });
    expect(await appliedInOrders()).toEqual(applied);
  });

  it('accepts a schema of a newer release', async () => {
    await withClient(databases[subgraphNames.indexOf('user')]!.url, (client) =>
      client.query(
        `INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'OfNewerRelease9900000000000')`,
      ),
    );
    expect(migrate('status', '--subgraph', 'user')).toMatchObject({
      status: 0,
      rows: [{ pending: [], unknown: ['OfNewerRelease9900000000000'] }],
    });
  });

  it.each([
    [['upwards'], 'Unknown command: upwards. Commands: up, status, down'],
    [['down'], 'add --subgraph <name>'],
    [['status', '--subgraph', 'orders'], 'Unknown subgraph: orders. Subgraphs: user, product'],
    [['status', '--force'], "Unknown option '--force'"],
  ])('rejects the arguments %j', (args, reason) => {
    const { status, stderr } = migrate(...args);
    expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
  });
});

describe('migrate of the image', () => {
  it('has the same commands for the database of its service', async () => {
    const settings = {
      SERVICE: 'order',
      DATABASE_URL: databases[subgraphNames.indexOf('order')]!.url,
      // As compose passes on a setting without a value.
      MIGRATION_LOCK_TIMEOUT_MS: '',
    };
    const applied = await appliedInOrders();
    expect(run('containers/entrypoint.js', ['status'], settings)).toMatchObject({
      status: 0,
      rows: [{ service: 'order', applied: applied.length, pending: [] }],
    });
    expect(run('containers/entrypoint.js', ['down'], settings)).toMatchObject({ status: 1 });
    expect(run('containers/entrypoint.js', ['up'], settings)).toMatchObject({ status: 0 });
    expect(await appliedInOrders()).toEqual(applied);
  });
});
