import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres, withClient, type EmbeddedPostgres } from '@shop/local-stack/postgres';
import { pollUntil, processIdentity } from '@shop/local-stack/processes';
import { temporaryDirectory } from './temporary-directory';

// Mode 0700, so this also tests access of PostgreSQL as another user if run as root.
const root = temporaryDirectory();
const directory = join(root, 'postgres');
const options = {
  directory,
  databases: ['users', 'orders'],
  logFile: join(root, 'postgres.log'),
  isDurable: false,
};
const running = new Set<EmbeddedPostgres>();

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(options);
  running.add(postgres);
  return postgres;
}

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  running.clear();
});

test('creates a cluster once, and keeps its data, port and passwords', async () => {
  const first = await start();
  await withClient(first.urlOf('users'), (client) =>
    client.query('CREATE TABLE kept (id uuid DEFAULT uuidv7())'),
  );
  await first.stop();

  const second = await start();

  expect([first.isNew, second.isNew]).toEqual([true, false]);
  expect(second.urlOf('users')).toBe(first.urlOf('users'));
  await withClient(second.urlOf('users'), (client) => client.query('INSERT INTO kept DEFAULT VALUES'));
});

test('allows each role to connect to its own database only', async () => {
  const postgres = await start();
  const foreign = new URL(postgres.urlOf('users'));
  foreign.pathname = '/orders';

  const attempt = withClient(foreign.href, (client) => client.query('SELECT 1'));

  await expect(attempt).rejects.toThrow(/permission denied for database "orders"/);
});

test('uses another port if its own is in use', async () => {
  const first = await start();
  await first.stop();
  const otherServer = createServer().listen(first.port, '127.0.0.1');
  await once(otherServer, 'listening');

  const second = await start();

  expect(second.port).not.toBe(first.port);
  await withClient(second.superuserUrl, (client) => client.query('SELECT 1'));
  otherServer.close();
});

test('stops the orphaned server of a killed stack, and starts its own', async () => {
  const orphan = await start();

  const postgres = await start();

  expect(postgres.stoppedOrphanPid).toBe(orphan.postmaster.pid);
  await withClient(postgres.superuserUrl, (client) => client.query('SELECT 1'));
});

test('ignores a stale postmaster.pid whose process ID another program uses', async () => {
  await (await start()).stop();
  writeFileSync(
    join(directory, 'data', 'postmaster.pid'),
    `${process.pid}\n${directory}/data\n0\n5432\n\n\n\nready\n`,
  );

  const postgres = await start();

  expect(postgres.stoppedOrphanPid).toBeUndefined();
});

test('stops with the process that started it, even if that is killed', async () => {
  const program = `
    const { startEmbeddedPostgres } = require('@shop/local-stack/postgres');
    startEmbeddedPostgres(${JSON.stringify(options)}).then((postgres) => console.log(postgres.postmaster.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', program], {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(output.toString());

  parent.kill('SIGKILL');

  await pollUntil(() => processIdentity(pid) === undefined, {
    timeoutMs: 10_000,
    onTimeout: () => new Error(`PostgreSQL (process ${pid}) is still there`),
  });
  expect(processIdentity(pid)).toBeUndefined();
});

test('reports the fix for a cluster of another major version', async () => {
  const other = join(root, 'other');
  await (await startEmbeddedPostgres({ ...options, directory: other })).stop();
  writeFileSync(join(other, 'data', 'PG_VERSION'), '17\n');

  const attempt = startEmbeddedPostgres({ ...options, directory: other });

  await expect(attempt).rejects.toThrow(/was created by PostgreSQL 17, but this is PostgreSQL 18: .*--fresh/);
});

test('reports the fix for missing passwords', async () => {
  const other = join(root, 'lost');
  await (await startEmbeddedPostgres({ ...options, directory: other })).stop();
  rmSync(join(other, 'credentials.json'));

  const attempt = startEmbeddedPostgres({ ...options, directory: other });

  await expect(attempt).rejects.toThrow(/credentials\.json is missing.*--fresh/);
});
