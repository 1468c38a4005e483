import type { Labels } from '../manifests/kubernetes-object';

/** One side of a connection. */
export type Endpoint =
  /** Pods of this rendering, or of a chart in the same namespace. */
  | { kind: 'pods'; name: string; namespace: string | undefined; labels: Labels }
  /** Pods of another namespace, whose labels may be unknown. */
  | { kind: 'other-namespace'; name: string; namespace: string | undefined; labels: Labels | undefined }
  /** Addresses outside of the cluster's network of pods. */
  | { kind: 'address'; name: string };

export interface Connection {
  from: Endpoint;
  to: Endpoint;
  port: number;
  protocol: 'TCP' | 'UDP';
  /** What opens it, for example a setting. */
  reason: string;
  /** Policies may allow or deny it. */
  isOptional?: boolean;
}

export const describeConnection = ({ from, to, port, protocol, reason }: Connection): string =>
  `${from.name} → ${to.name}, ${protocol} ${port} (${reason})`;
