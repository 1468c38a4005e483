import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory with mode 0700 for one test file, removed after it. Call at the top of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'shop-local-stack-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
