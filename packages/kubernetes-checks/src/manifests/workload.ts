import type { IPodSpec } from 'kubernetes-models/v1/PodSpec' with { 'resolution-mode': 'import' };
import { type KubernetesObject, type Labels, type ObjectOf, nameOf, ofKind } from './kubernetes-object';

export type Container = IPodSpec['containers'][number];

/** An object that creates pods. */
export interface Workload {
  object: string;
  name: string;
  namespace: string | undefined;
  /** Labels of its pods. */
  labels: Labels;
  podSpec: IPodSpec;
  /** JSON pointer of the pod's spec. */
  path: string;
  /** Serves until it is stopped, other than a Job. */
  isLongRunning: boolean;
  /** The fewest pods that run, unless some fail. */
  replicas: number;
}

export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return [
    ...[...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')].map((object) =>
      workloadOf(object, object.spec?.template, {
        path: '/spec/template/spec',
        isLongRunning: true,
        replicas: replicasOf(object, objects),
      }),
    ),
    ...ofKind(objects, 'Job').map((object) =>
      workloadOf(object, object.spec?.template, { path: '/spec/template/spec', ...oneShot }),
    ),
    ...ofKind(objects, 'CronJob').map((object) =>
      workloadOf(object, object.spec?.jobTemplate.spec?.template, {
        path: '/spec/jobTemplate/spec/template/spec',
        ...oneShot,
      }),
    ),
  ].flatMap((workload) => workload ?? []);
}

const oneShot = { isLongRunning: false, replicas: 0 };

interface PodTemplate {
  metadata?: { labels?: Labels };
  spec?: IPodSpec;
}

function workloadOf(
  object: KubernetesObject,
  template: PodTemplate | undefined,
  rest: Pick<Workload, 'path' | 'isLongRunning' | 'replicas'>,
): Workload | undefined {
  if (!template?.spec) return undefined;
  const { name, namespace } = object.metadata;
  const labels = template.metadata?.labels ?? {};
  return { object: nameOf(object), name, namespace, labels, podSpec: template.spec, ...rest };
}

/** Those of the autoscaler, if there is one. */
function replicasOf(
  object: ObjectOf<'Deployment'> | ObjectOf<'StatefulSet'>,
  objects: readonly KubernetesObject[],
): number {
  const autoscaler = ofKind(objects, 'HorizontalPodAutoscaler').find(
    ({ metadata, spec }) =>
      metadata.namespace === object.metadata.namespace &&
      spec?.scaleTargetRef.kind === object.kind &&
      spec.scaleTargetRef.name === object.metadata.name,
  );
  return autoscaler ? (autoscaler.spec?.minReplicas ?? 1) : (object.spec?.replicas ?? 1);
}

/** Containers and init containers, each with its JSON pointer. */
export function containersOf({ podSpec, path }: Workload): { container: Container; path: string }[] {
  const listed = (list: 'containers' | 'initContainers') =>
    (podSpec[list] ?? []).map((container, index) => ({ container, path: `${path}/${list}/${index}` }));
  return [...listed('containers'), ...listed('initContainers')];
}
