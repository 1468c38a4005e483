import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres, withClient } from '@shop/local-stack/postgres';

/** Where recovery ends: a named restore point, or a time of the server's clock. */
export type RecoveryTarget = { name: string } | { time: string };

/** A PostgreSQL server that archives its WAL, and the copies that are restored from it. */
export interface ArchivedPostgres {
  urlOf(database: string): string;
  /** Copies the data directory while the server is in use. */
  takeBaseBackup(): Promise<void>;
  /** Creates a named restore point. */
  createRestorePoint(name: string): Promise<void>;
  /** The server's time, for `{ time }`. */
  now(): Promise<string>;
  /** Resolves when everything that was written before the call is in the archive. */
  archiveAll(): Promise<void>;
  /** Kills the server, as a failed machine does. */
  kill(): Promise<void>;
  /** Starts another server with the base backup and the archived WAL up to `target`. */
  restore(name: string, target: RecoveryTarget): Promise<EmbeddedPostgres>;
  /** Stops this server and the restored ones. */
  stop(): Promise<void>;
}

/** @param directory empty; is not removed */
export async function startArchivedPostgres(
  directory: string,
  databases: readonly string[],
): Promise<ArchivedPostgres> {
  // The server may run as another user than this process.
  chmodSync(directory, 0o711);
  const archive = join(directory, 'archive');
  mkdirSync(archive);
  chmodSync(archive, 0o777);
  const source = join(directory, 'source');
  const backup = join(directory, 'backup');
  const start = (folder: string) =>
    startEmbeddedPostgres({ directory: folder, databases, logFile: join(directory, `${folder}.log`) });
  const startIn = (name: string) => start(join(directory, name));

  const server = await startIn('source');
  const restored: EmbeddedPostgres[] = [];
  const sql = async <Row>(text: string): Promise<Row> =>
    withClient(server.superuserUrl, async (client) => (await client.query(text)).rows[0] as Row);
  await sql(`ALTER SYSTEM SET archive_mode = 'on'`);
  await sql(`ALTER SYSTEM SET archive_command = 'test ! -f "${archive}/%f" && cp "%p" "${archive}/%f"'`);
  // archive_mode needs a restart.
  await server.stop();
  await server.restart();

  return {
    urlOf: (database) => server.urlOf(database),

    takeBaseBackup: () =>
      // https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
      withClient(server.superuserUrl, async (client) => {
        await client.query(`SELECT pg_backup_start('base backup', fast => true)`);
        copyRunning(join(source, 'data'), backup);
        const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
        writeOwned(join(backup, 'backup_label'), rows[0]!.labelfile, backup);
      }),

    createRestorePoint: async (name) => void (await sql(`SELECT pg_create_restore_point('${name}')`)),

    now: async () => (await sql<{ now: string }>('SELECT clock_timestamp()::text AS now')).now,

    async archiveAll() {
      const { file } = await sql<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
      for (;;) {
        const { isArchived } = await sql<{ isArchived: boolean }>(
          `SELECT coalesce(last_archived_wal >= '${file}', false) AS "isArchived" FROM pg_stat_archiver`,
        );
        if (isArchived) return;
      }
    },

    async kill() {
      const { pid, exited } = server.postmaster;
      process.kill(pid, 'SIGKILL');
      await exited;
    },

    async restore(name, target) {
      const copy = join(directory, name);
      mkdirSync(copy);
      chmodSync(copy, 0o711);
      const data = join(copy, 'data');
      execFileSync('cp', ['-a', backup, data]);
      copyFileSync(join(source, 'credentials.json'), join(copy, 'credentials.json'));
      const settings = {
        // The copy must not write into the archive that it is restored from.
        archive_mode: 'off',
        // Accepts no connections before the target is reached.
        hot_standby: 'off',
        restore_command: `cp "${archive}/%f" "%p"`,
        recovery_target_action: 'promote',
        ...('name' in target
          ? { recovery_target_name: target.name }
          : { recovery_target_time: target.time, recovery_target_inclusive: 'false' }),
      };
      const lines = Object.entries(settings).map(([setting, value]) => `${setting} = '${value}'\n`);
      writeOwned(join(data, 'postgresql.auto.conf'), lines.join(''), data);
      writeOwned(join(data, 'recovery.signal'), '', data);
      const started = await startIn(name);
      restored.push(started);
      return started;
    },

    async stop() {
      await Promise.all([server, ...restored].map((each) => each.stop()));
    },
  };
}

/** Copies the files of a running server; files may change or be removed during the copy. */
function copyRunning(data: string, backup: string): void {
  try {
    execFileSync('cp', ['-a', data, backup], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const lines = String((error as { stderr?: Buffer }).stderr)
      .trim()
      .split('\n');
    const others = lines.filter((line) => !line.endsWith('No such file or directory'));
    if (others.length > 0) throw error;
  }
  rmSync(join(backup, 'postmaster.pid'), { force: true });
  // The archive has the WAL.
  rmSync(join(backup, 'pg_wal'), { recursive: true });
  mkdirSync(join(backup, 'pg_wal'), { mode: 0o700 });
  own(join(backup, 'pg_wal'), backup);
}

function writeOwned(file: string, content: string, like: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  own(file, like);
}

function own(path: string, like: string): void {
  const { uid, gid } = statSync(like);
  chownSync(path, uid, gid);
}
