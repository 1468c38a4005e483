import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres, withClient, type EmbeddedPostgres } from '@shop/local-stack/postgres';
import { pollUntil, processIdentity } from '@shop/local-stack/processes';
import { temporaryDirectory } from './temporary-directory';

// Mode 0700, so for root this also shows that PostgreSQL, run as somebody else, gets into it.
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

test('makes a cluster once, keeps its data, its port and its passwords', async () => {
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

test('lets each role into its own database only', async () => {
  const postgres = await start();
  const foreign = new URL(postgres.urlOf('users'));
  foreign.pathname = '/orders';

  const attempt = withClient(foreign.href, (client) => client.query('SELECT 1'));

  await expect(attempt).rejects.toThrow(/permission denied for database "orders"/);
});

test('takes another port when its own is taken by something else', async () => {
  const first = await start();
  await first.stop();
  const intruder = createServer().listen(first.port, '127.0.0.1');
  await once(intruder, 'listening');

  const second = await start();

  expect(second.port).not.toBe(first.port);
  await withClient(second.superuserUrl, (client) => client.query('SELECT 1'));
  intruder.close();
});

test('stops a server that a killed stack has left on the directory, and starts its own', async () => {
  const orphan = await start();

  const postgres = await start();

  expect(postgres.stoppedOrphanPid).toBe(orphan.postmaster.pid);
  await withClient(postgres.superuserUrl, (client) => client.query('SELECT 1'));
});

test('is not held up by the postmaster.pid of a dead server whose process id lives on in another program', async () => {
  await (await start()).stop();
  writeFileSync(
    join(directory, 'data', 'postmaster.pid'),
    `${process.pid}\n${directory}/data\n0\n5432\n\n\n\nready\n`,
  );

  const postgres = await start();

  expect(postgres.stoppedOrphanPid).toBeUndefined();
});

test('ends with the process that started it, even when that is killed', async () => {
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

test('says what to do about a cluster of another major version', async () => {
  const other = join(root, 'other');
  await (await startEmbeddedPostgres({ ...options, directory: other })).stop();
  writeFileSync(join(other, 'data', 'PG_VERSION'), '17\n');

  const attempt = startEmbeddedPostgres({ ...options, directory: other });

  await expect(attempt).rejects.toThrow(/was made by PostgreSQL 17 and this is 18: .*--fresh/);
});

test('says what to do when the passwords are gone', async () => {
  const other = join(root, 'lost');
  await (await startEmbeddedPostgres({ ...options, directory: other })).stop();
  rmSync(join(other, 'credentials.json'));

  const attempt = startEmbeddedPostgres({ ...options, directory: other });

  await expect(attempt).rejects.toThrow(/credentials\.json is missing.*--fresh/);
});
