import { type Content, contentsOf } from './contents';
import type { KubernetesObject } from './kubernetes-object';
import { type Workload, workloadsOf } from './workload';

/** A rendered overlay. */
export interface Manifests {
  objects: readonly KubernetesObject[];
  workloads: readonly Workload[];
  contents: readonly Content[];
}

export function readManifests(objects: readonly KubernetesObject[]): Manifests {
  return { objects, workloads: workloadsOf(objects), contents: contentsOf(objects) };
}
