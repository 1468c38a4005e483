import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { linkPackages } from '../../previous-release/link-packages';
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
