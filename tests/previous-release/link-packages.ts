import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

interface LockFile {
  packages: Record<string, { link?: boolean; resolved?: string }>;
}

/**
 * Links each installed package of `checkout` separately in `copy`, so that the links of workspaces
 * (@shop) can point to those of the copy.
 *
 * @param copy has the files of a commit whose lock file `checkout` satisfies
 */
export function linkPackages(checkout: string, copy: string): void {
  const [installed, linked] = [join(checkout, 'node_modules'), join(copy, 'node_modules')];
  mkdirSync(join(linked, '@shop'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@shop' && name !== '.cache') symlinkSync(join(installed, name), join(linked, name));
  const { packages } = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8')) as LockFile;
  for (const [path, { link, resolved: workspace }] of Object.entries(packages)) {
    if (!link || !workspace) continue;
    symlinkSync(join(copy, workspace), join(copy, path));
    // Package versions that only this workspace uses.
    const own = join(workspace, 'node_modules');
    if (existsSync(join(checkout, own))) symlinkSync(join(checkout, own), join(copy, own));
  }
}
