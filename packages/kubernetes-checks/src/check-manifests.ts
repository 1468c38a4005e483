import type { Violation } from './manifests/violation';
import type { KubernetesObject } from './manifests/kubernetes-object';
import { readManifests } from './manifests/manifests';
import { autoscalers, disruptionBudgets, rollouts } from './rules/availability';
import { clusterRules, containerRules } from './rules/container-rules';
import { contentReferences } from './rules/content-references';
import { networkPolicies } from './rules/network-policies';
import { objectReferences } from './rules/object-references';
import { podRules } from './rules/pod-rules';
import type { Rule } from './rules/rule';
import { portNames, selectors } from './rules/selectors';
import { gracePeriods, preStops } from './rules/shutdown';
import { checkSchema } from './schema/check-schema';

/** Rules that one object, pod or container violates alone. */
const rulesOfObjects: readonly Rule[] = [
  ...[
    containerRules,
    clusterRules,
    podRules,
    autoscalers,
    disruptionBudgets,
    rollouts,
    gracePeriods,
    preStops,
  ],
];
const rulesOfNames: readonly Rule[] = [contentReferences, objectReferences, selectors, portNames];

/**
 * All violations of a rendered overlay. To report a defect once, other rules run only if all objects match
 * their schemas, and connections are checked only if all names that objects use exist.
 */
export async function checkManifests(objects: readonly KubernetesObject[]): Promise<Violation[]> {
  const ofSchemas = (await Promise.all(objects.map(checkSchema))).flat();
  if (ofSchemas.length > 0) return ofSchemas;
  const manifests = readManifests(objects);
  const violations = (rules: readonly Rule[]) => rules.flatMap((rule) => rule(manifests));
  const ofNames = violations(rulesOfNames);
  return [...violations(rulesOfObjects), ...(ofNames.length > 0 ? ofNames : networkPolicies(manifests))];
}
