import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the generated sources of the workspaces hold, by file. */
type GeneratedSources = ReadonlyMap<string, string>;

export function readGeneratedSources(root: string): GeneratedSources {
  const files = globSync('{gateway,operations,packages/*,subgraphs/*}/src/**/generated/*.ts', { cwd: root });
  return new Map(
    files.map((name) => join(root, name)).map((file) => [file, readFileSync(file, 'utf8')] as const),
  );
}

/** @returns when the last of the sources was written that differ; undefined when none does */
export function lastWrittenAtMs(before: GeneratedSources, after: GeneratedSources): number | undefined {
  const changed = [...after].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  return changed.length === 0 ? undefined : Math.max(...changed.map((file) => statSync(file).mtimeMs));
}
