import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDataDir, lockDataDir, openDataDir } from '../src/data-dir';
import { readOrCreate } from '../src/secret-file';
import { temporaryDirectory } from './temporary-directory';

const root = temporaryDirectory();

test('a data directory is locked by one stack at a time', () => {
  const dataDir = join(root, 'one');
  openDataDir(dataDir);
  const lock = lockDataDir(dataDir);

  expect(() => lockDataDir(dataDir)).toThrow(`in use by another stack (process ${process.pid})`);

  lock.release();
  lockDataDir(dataDir).release();
});

test('the lock of a killed stack is replaced, even if its process ID is in use again', () => {
  const dataDir = join(root, 'stale');
  openDataDir(dataDir);
  writeFileSync(
    join(dataDir, 'stack.lock'),
    JSON.stringify({ pid: process.pid, identity: 'a process of last week' }),
  );

  const lock = lockDataDir(dataDir);

  expect(JSON.parse(readFileSync(join(dataDir, 'stack.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
});

test('one of several concurrent starts replaces the lock of a killed stack', async () => {
  const dataDir = join(root, 'concurrent');
  openDataDir(dataDir);
  writeFileSync(join(dataDir, 'stack.lock'), JSON.stringify({ pid: process.pid, identity: 'killed' }));
  const program = `
    const { lockDataDir } = require('@shop/local-stack/data-dir');
    while (Date.now() < ${Date.now() + 1_000});
    try {
      lockDataDir(${JSON.stringify(dataDir)});
      console.log('locked');
    } catch (error) {
      console.log(error.message);
    }
    process.stdin.resume();`;
  const starts = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['-e', program], { cwd: __dirname, stdio: ['pipe', 'pipe', 'inherit'] }),
  );

  const outputs = await Promise.all(starts.map(({ stdout }) => once(stdout, 'data') as Promise<[Buffer]>));

  const isInUse = /^.+ is in use by another stack/;
  const lines = outputs.map(([output]) => output.toString().replace(isInUse, 'in use').slice(0, 6));
  expect(lines.sort()).toEqual(['in use', 'in use', 'in use', 'locked']);
  starts.forEach(({ stdin }) => stdin.end());
});

test('a fresh start deletes only entries of the stack', () => {
  const dataDir = join(root, 'fresh');
  for (const name of ['postgres/data', 'keys', 'logs', 'holiday-photos'])
    mkdirSync(join(dataDir, name), { recursive: true });
  writeFileSync(join(dataDir, 'admin-password'), 'secret');

  emptyDataDir(dataDir);

  const left = ['postgres', 'keys', 'logs', 'admin-password', 'holiday-photos'].filter((name) =>
    existsSync(join(dataDir, name)),
  );
  expect(left).toEqual(['holiday-photos']);
});

test('a directory that cannot be written is reported in one line', () => {
  writeFileSync(join(root, 'file'), '');

  expect(() => openDataDir(join(root, 'file', 'data'))).toThrow(
    /^DATA_DIR .* cannot be written .*: set DATA_DIR/,
  );
});

test('a generated secret is kept', () => {
  const file = join(root, 'secrets', 'password');

  expect(readOrCreate(file, () => 'first')).toBe('first');
  expect(readOrCreate(file, () => 'second')).toBe('first');
});
