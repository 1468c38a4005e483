import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { Edit } from './mutant';

const excludedNames: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.data',
  '.nx',
  'artifacts',
  'coverage',
]);

/** A copy of the checkout, in which mutants are applied. The working tree is not changed. */
export class CheckoutCopy {
  private constructor(readonly directory: string) {}

  static of(checkout: string): CheckoutCopy {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mutations-')));
    cpSync(checkout, directory, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !excludedNames.has(basename(path)),
    });
    linkPackages(checkout, directory);
    return new CheckoutCopy(directory);
  }

  /**
   * Applies the edits.
   *
   * @returns a function that restores the files
   * @throws Error if a file does not contain the text exactly once; then update the mutant to the
   *   current source
   */
  apply(edits: readonly Edit[]): () => void {
    const originals = new Map<string, string>();
    const undo = () => originals.forEach((text, file) => writeFileSync(file, text));
    try {
      for (const { file, find, replace } of edits) {
        const path = join(this.directory, file);
        const text = readFileSync(path, 'utf8');
        const found = text.split(find).length - 1;
        if (found !== 1)
          throw new Error(
            `${file} contains the text ${found} times instead of once; update the mutant: ${find}`,
          );
        if (!originals.has(path)) originals.set(path, text);
        writeFileSync(
          path,
          text.replace(find, () => replace),
        );
      }
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  /** @throws Error with the compiler's output */
  build(workspaces: readonly string[]): void {
    const { status, stdout } = this.run('node_modules/typescript/bin/tsc', ['-b', ...workspaces]);
    if (status !== 0) throw new Error(`The copy does not compile: ${stdout.trim()}`);
  }

  /** Runs a program from node_modules in the copy. */
  run(program: string, args: readonly string[]) {
    return spawnSync(process.execPath, [join(this.directory, program), ...args], {
      cwd: this.directory,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      },
      maxBuffer: 64 * 2 ** 20,
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * Links each installed package separately, so that the links of workspaces can point to the copy's
 * own.
 */
function linkPackages(checkout: string, copy: string): void {
  const installed = join(checkout, 'node_modules');
  const linked = join(copy, 'node_modules');
  mkdirSync(join(linked, '@shop'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@shop' && !name.startsWith('.')) symlinkSync(join(installed, name), join(linked, name));
  }
  for (const name of readdirSync(join(installed, '@shop'))) {
    const workspace = relative(checkout, realpathSync(join(installed, '@shop', name)));
    symlinkSync(join(copy, workspace), join(linked, '@shop', name));
    // Package versions that only this workspace uses.
    const own = join(workspace, 'node_modules');
    if (existsSync(join(checkout, own))) symlinkSync(join(checkout, own), join(copy, own));
  }
}
