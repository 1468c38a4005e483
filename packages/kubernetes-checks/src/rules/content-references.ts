import type { Violation } from '../manifests/violation';
import type { Manifests } from '../manifests/manifests';
import { mountedFile, referencesOf } from '../manifests/references';
import { findContent, settingsOf } from '../manifests/settings';
import { type Workload, containersOf } from '../manifests/workload';
import type { Rule } from './rule';

const ruleOf = { ConfigMap: 'config-map-key', Secret: 'secret-key' } as const;

/** ConfigMaps and Secrets that pods use exist and have the keys. */
export const contentReferences: Rule = (manifests) =>
  manifests.workloads.flatMap((workload) => [
    ...missingContents(workload, manifests),
    ...missingFiles(workload, manifests),
  ]);

function missingContents(workload: Workload, { contents }: Manifests): Violation[] {
  return referencesOf(workload).flatMap(({ kind, name, key, path, isOptional }): Violation[] => {
    if (isOptional) return [];
    const found = findContent(contents, workload, kind, name);
    const at = { rule: ruleOf[kind], object: workload.object, path };
    // A missing object is reported once, not for each key.
    if (!found && key !== undefined && isReportedAsWhole(workload, name)) return [];
    if (!found)
      return [{ ...at, message: `The ${kind} "${name}" does not exist: add it, or correct the name` }];
    if (key === undefined || found.keys === 'any' || found.keys.has(key)) return [];
    const keys = [...found.keys.keys()].join(', ');
    return [
      {
        ...at,
        message: `The ${kind} "${name}" has no key "${key}" (it has: ${keys}): add it, or correct the name`,
      },
    ];
  });
}

const isReportedAsWhole = (workload: Workload, name: string): boolean =>
  referencesOf(workload).some((reference) => reference.name === name && reference.key === undefined);

/** Files that settings (`X_FILE`) name are mounted. */
function missingFiles(workload: Workload, { contents }: Manifests): Violation[] {
  return containersOf(workload).flatMap(({ container, path }) =>
    [...settingsOf(workload, container, contents)].flatMap(([setting, file]): Violation[] => {
      if (!setting.endsWith('_FILE') || !file?.startsWith('/')) return [];
      const mounted = mountedFile(workload, container, file);
      if (!mounted) return [];
      const at = { object: workload.object, path: `${path}/volumeMounts` };
      if (mounted === 'missing') {
        const message = `${setting} names ${file}, which no item of the volume has: add an item, or correct the path`;
        return [{ ...at, rule: 'mounted-file', message }];
      }
      const { kind, name } = mounted.source;
      const found = findContent(contents, workload, kind, name);
      const isItem = referencesOf(workload).some(
        (reference) => reference.name === name && reference.key === mounted.key,
      );
      if (!found || isItem || found.keys === 'any' || found.keys.has(mounted.key)) return [];
      const message = `${setting} names ${file}, but the ${kind} "${name}" has no key "${mounted.key}": add the key, or correct the path`;
      return [{ ...at, rule: ruleOf[kind], message }];
    }),
  );
}
