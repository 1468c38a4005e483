import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
