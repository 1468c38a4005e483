import {
  createDataSource,
  createIndexConcurrently,
  dropIndexConcurrently,
  MigrationError,
  readStatus,
  revertMigration,
  runMigrations,
} from '@shop/kit/database';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateThings1900000000001 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE things (a int)') as Promise<void>;
  down = (runner: QueryRunner) => runner.query('DROP TABLE things') as Promise<void>;
}

class AddColumn1900000000002 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('ALTER TABLE things ADD COLUMN b text') as Promise<void>;
  down = (runner: QueryRunner) => runner.query('ALTER TABLE things DROP COLUMN b') as Promise<void>;
}

class IndexThings1900000000003 implements MigrationInterface {
  readonly transaction = false;
  up = (runner: QueryRunner) => createIndexConcurrently(runner, 'things_a', 'ON things (a)');
  down = (runner: QueryRunner) => dropIndexConcurrently(runner, 'things_a');
}

class EmptyThings1900000000004 implements MigrationInterface {
  readonly irreversible = 'the rows are gone';
  up = (runner: QueryRunner) => runner.query('DELETE FROM things') as Promise<void>;
  down = () => Promise.resolve();
}

const limits = { lockTimeoutMs: 100, lockAttempts: 2, statementTimeoutMs: 5_000 };

let database: TestDatabase;
let other: Client;
beforeEach(async () => {
  database = await cloneDatabase('user');
  other = new Client({ connectionString: database.url, application_name: 'report' });
  await other.connect();
});
afterEach(async () => {
  await other.end();
  await database.drop();
});

const migrate = (migrations: (new () => MigrationInterface)[], options = {}) =>
  runMigrations({ service: 'test', url: database.url, migrations, limits, ...options });

const revert = (migrations: (new () => MigrationInterface)[], name: string) =>
  revertMigration({ service: 'test', url: database.url, migrations, limits, name });

const pendingOf = async (migrations: (new () => MigrationInterface)[]) =>
  (await readStatus({ service: 'test', url: database.url, migrations })).pending;

async function exists(name: string): Promise<boolean> {
  const { rows } = await other.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    name,
  ]);
  return rows[0]!.found;
}

it('A migration whose connection with the lock is ended fails with the remedy', async () => {
  class WaitsForEver1900000000009 implements MigrationInterface {
    readonly transaction = false;
    up = (runner: QueryRunner) => runner.query('SELECT pg_sleep(600)') as Promise<void>;
    down = () => Promise.resolve();
  }
  const failed = migrate([WaitsForEver1900000000009]).catch((error: unknown) => error);
  const sessions = async (name: string, condition = 'true') => {
    const { rows } = await other.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = '${name}' AND ${condition}`,
    );
    return rows.map(({ pid }) => pid);
  };
  await eventually(async () =>
    expect(await sessions('test-migration', `query LIKE '%pg_sleep%'`)).toHaveLength(1),
  );
  await other.query('SELECT pg_terminate_backend($1)', [(await sessions('test-migrate'))[0]]);

  expect(await failed).toBeInstanceOf(MigrationError);
  expect((await failed) as Error).toHaveProperty(
    'message',
    expect.stringMatching(/lost the connection that holds the lock .* run migrate again/),
  );
  for (const pid of await sessions('test-migration'))
    await other.query('SELECT pg_terminate_backend($1)', [pid]);
});

it('An index that waits for an open transaction is logged with the session', async () => {
  await migrate([CreateThings1900000000001]);
  await other.query('BEGIN');
  await other.query('INSERT INTO things VALUES (1)');
  const warnings: [string, object][] = [];
  const migrated = migrate([CreateThings1900000000001, IndexThings1900000000003], {
    warn: (message: string, fields: object) => warnings.push([message, fields]),
  });
  await eventually(() => expect(warnings).not.toEqual([]), { timeoutMs: 20_000 });
  expect(warnings[0]).toEqual([
    'migration waits until the transactions of other sessions end',
    {
      migration: 'IndexThings1900000000003',
      blockedBy: [expect.objectContaining({ application: 'report', state: 'idle in transaction' })],
    },
  ]);
  await other.query('COMMIT');
  await migrated;
  expect(await exists('things_a')).toBe(true);
});

describe('A migration that waits for a lock', () => {
  const migrations = [CreateThings1900000000001, AddColumn1900000000002];

  it('fails with the blocking session and the remedy, and succeeds after the lock is released', async () => {
    await migrate([CreateThings1900000000001]);
    await other.query('BEGIN');
    await other.query('SELECT FROM things');
    const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');

    const failed = await migrate(migrations).catch((error: unknown) => error);

    expect(failed).toBeInstanceOf(MigrationError);
    const { message } = failed as Error;
    expect(message).toContain('AddColumn1900000000002 could not get a lock within 100 ms');
    expect(message).toContain(`pid ${rows[0]!.pid} (report, idle in transaction`);
    expect(message).toContain('pg_terminate_backend');
    expect(await pendingOf(migrations)).toEqual(['AddColumn1900000000002']);

    await other.query('COMMIT');
    expect(await migrate(migrations)).toEqual(['AddColumn1900000000002']);
  });

  it('is retried until the lock is released; the migrations before it stay applied', async () => {
    await migrate([CreateThings1900000000001]);
    await other.query('BEGIN');
    await other.query('LOCK TABLE things IN ACCESS SHARE MODE');
    const warnings: object[] = [];
    const warn = (_message: string, fields: object) => {
      warnings.push(fields);
      void other.query('COMMIT');
    };
    expect(await migrate(migrations, { warn })).toEqual(['AddColumn1900000000002']);
    expect(warnings).toEqual([expect.objectContaining({ migration: 'AddColumn1900000000002', attempt: 1 })]);
  });

  it('lets the statements that queue behind it continue while another session still holds the lock', async () => {
    await migrate([CreateThings1900000000001]);
    await other.query('BEGIN');
    await other.query('SELECT FROM things');
    // Two connections: within a transaction pg_stat_activity does not change.
    const reader = await createDataSource({ service: 'reader', url: database.url, poolSize: 2 }).initialize();
    const waitingQueries = async () => {
      const rows = await reader.query<{ query: string }[]>(
        `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.map(({ query }) => query);
    };
    let waits: string[] = [];
    try {
      const migrated = migrate(migrations, { limits: { ...limits, lockTimeoutMs: 1_000, lockAttempts: 1 } });
      migrated.catch(() => undefined);
      await eventually(async () =>
        expect(await waitingQueries()).toEqual([expect.stringContaining('ADD COLUMN')]),
      );
      const read = reader.query('SELECT count(*) FROM things');
      await eventually(async () => expect((waits = await waitingQueries())).toHaveLength(2));
      // Its own time limit is 2 s: it succeeds because the migration has stopped waiting by then.
      expect(await read).toEqual([{ count: 0 }]);
      await expect(migrated).rejects.toThrow(MigrationError);
    } finally {
      await reader.destroy();
    }
    expect(waits).toContainEqual('SELECT count(*) FROM things');
    await other.query('ROLLBACK');
  });
});

describe('A statement of a migration', () => {
  class Slow1900000000005 implements MigrationInterface {
    up = (runner: QueryRunner) => runner.query('SELECT pg_sleep(0.2)') as Promise<void>;
    down = () => Promise.resolve();
  }
  class SlowOutside1900000000006 extends Slow1900000000005 {
    readonly transaction = false;
  }

  it('has a time limit in a transaction, because the transaction keeps its locks', async () => {
    const slow = migrate([Slow1900000000005], { limits: { ...limits, statementTimeoutMs: 50 } });
    await expect(slow).rejects.toThrow(/Slow1900000000005: .*MIGRATION_STATEMENT_TIMEOUT_MS/);
  });

  it('has no time limit outside a transaction', async () => {
    const migrated = migrate([SlowOutside1900000000006], { limits: { ...limits, statementTimeoutMs: 50 } });
    expect(await migrated).toEqual(['SlowOutside1900000000006']);
  });
});

describe('revertMigration', () => {
  it('reverts the newest migration only, also one that runs outside a transaction', async () => {
    const migrations = [CreateThings1900000000001, IndexThings1900000000003];
    await migrate(migrations);
    await expect(revert(migrations, 'CreateThings1900000000001')).rejects.toThrow(
      'it is IndexThings1900000000003, not CreateThings1900000000001',
    );
    expect(await exists('things_a')).toBe(true);
    await revert(migrations, 'IndexThings1900000000003');
    expect([await exists('things_a'), await exists('things')]).toEqual([false, true]);
    await revert(migrations, 'CreateThings1900000000001');
    expect(await exists('things')).toBe(false);
  });

  it('refuses a migration that cannot be reverted, and one of a newer release', async () => {
    const migrations = [CreateThings1900000000001, EmptyThings1900000000004];
    await migrate(migrations);
    await expect(revert(migrations, 'EmptyThings1900000000004')).rejects.toThrow(
      'EmptyThings1900000000004 cannot be reverted: the rows are gone',
    );
    await expect(revert([CreateThings1900000000001], 'EmptyThings1900000000004')).rejects.toThrow(
      'EmptyThings1900000000004 belongs to a newer release',
    );
    expect(await pendingOf(migrations)).toEqual([]);
  });
});
