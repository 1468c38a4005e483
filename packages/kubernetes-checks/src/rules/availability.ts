import type { Violation } from '../manifests/violation';
import { type ObjectOf, nameOf, ofKind } from '../manifests/kubernetes-object';
import { selects } from '../manifests/selector';
import type { Rule } from './rule';

/** Autoscalers have a target, the requests of their metrics, and a range. */
export const autoscalers: Rule = ({ objects, workloads }) =>
  ofKind(objects, 'HorizontalPodAutoscaler').flatMap((autoscaler): Violation[] => {
    const { scaleTargetRef: target, metrics = [], minReplicas = 1, maxReplicas } = autoscaler.spec ?? {};
    const object = nameOf(autoscaler);
    const { namespace } = autoscaler.metadata;
    const workload = workloads.find(
      (candidate) =>
        candidate.object === `${target?.kind}/${target?.name}` && candidate.namespace === namespace,
    );
    if (!workload) {
      const message = `There is no ${target?.kind} "${target?.name}": correct scaleTargetRef`;
      return [{ rule: 'autoscaler-target', object, path: '/spec/scaleTargetRef', message }];
    }
    const scaled = objects.find(
      (candidate) => nameOf(candidate) === workload.object && candidate.metadata.namespace === namespace,
    ) as ObjectOf<'Deployment'>;
    const measured = metrics.flatMap(({ resource }) =>
      resource?.target.type === 'Utilization' ? resource.name : [],
    );
    const violations = workload.podSpec.containers.flatMap(({ name, resources }) =>
      measured
        .filter((resource) => resources?.requests?.[resource] === undefined)
        .map((resource): Violation => {
          const message = `The utilization of ${resource} is a share of requests.${resource}, which container ${name} does not have: set it`;
          return { rule: 'autoscaler-requests', object, path: '/spec/metrics', message };
        }),
    );
    if (scaled.spec?.replicas !== undefined) {
      const message = `Each apply resets the number of pods that ${object} has set: remove replicas`;
      violations.push({
        rule: 'autoscaler-replicas',
        object: workload.object,
        path: '/spec/replicas',
        message,
      });
    }
    if (maxReplicas === undefined || maxReplicas <= minReplicas) {
      const message = `maxReplicas (${maxReplicas}) is not above minReplicas (${minReplicas}): raise it`;
      violations.push({ rule: 'autoscaler-range', object, path: '/spec/maxReplicas', message });
    }
    return violations;
  });

/** Each budget permits the drain of a node; workloads with several pods have a budget. */
export const disruptionBudgets: Rule = ({ objects, workloads }) => {
  const budgets = ofKind(objects, 'PodDisruptionBudget');
  const blocking = budgets.flatMap((budget): Violation[] => {
    const selected = selectedBy(budget, workloads);
    const replicas = selected.reduce((sum, workload) => sum + workload.replicas, 0);
    const { minAvailable, maxUnavailable } = budget.spec ?? {};
    // The disruption controller rounds percentages up.
    const allowed =
      maxUnavailable === undefined
        ? replicas - numberOf(minAvailable ?? 1, replicas)
        : numberOf(maxUnavailable, replicas);
    if (selected.length === 0 || allowed >= 1) return [];
    const message = `With ${replicas} pod(s) the budget never allows an eviction, so no node can be drained: set maxUnavailable to 1`;
    return [{ rule: 'disruption-budget', object: nameOf(budget), path: '/spec', message }];
  });
  const without = workloads.flatMap((workload): Violation[] => {
    const hasBudget = budgets.some((budget) => selectedBy(budget, [workload]).length > 0);
    if (workload.replicas < 2 || hasBudget) return [];
    const message = 'No PodDisruptionBudget selects these pods, so a drain may evict all at once: add one';
    return [
      { rule: 'disruption-budget', object: workload.object, path: '/spec/template/metadata/labels', message },
    ];
  });
  return [...blocking, ...without];
};

function selectedBy<Pods extends { namespace: string | undefined; labels: Readonly<Record<string, string>> }>(
  budget: ObjectOf<'PodDisruptionBudget'>,
  candidates: readonly Pods[],
): Pods[] {
  return candidates.filter(
    ({ namespace, labels }) =>
      namespace === budget.metadata.namespace && selects(budget.spec?.selector ?? {}, labels),
  );
}

function numberOf(value: number | string, replicas: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) / 100) * replicas);
}

/** A new pod is ready before a former one stops, and pods are on different nodes. */
export const rollouts: Rule = ({ objects }) =>
  ofKind(objects, 'Deployment').flatMap((deployment): Violation[] => {
    const { strategy, template } = deployment.spec ?? {};
    const object = nameOf(deployment);
    const maxUnavailable = strategy?.rollingUpdate?.maxUnavailable ?? '25%';
    const violations: Violation[] = [];
    if (Number.parseInt(String(maxUnavailable), 10) !== 0) {
      const message = `An update may stop pods before their successors are ready (maxUnavailable: ${maxUnavailable}): set it to 0`;
      const path = '/spec/strategy/rollingUpdate/maxUnavailable';
      violations.push({ rule: 'rolling-update', object, path, message });
    }
    if (!template?.spec?.topologySpreadConstraints?.length) {
      const message = 'All pods may be on one node: add a topology spread constraint';
      const path = '/spec/template/spec/topologySpreadConstraints';
      violations.push({ rule: 'topology-spread', object, path, message });
    }
    return violations;
  });
