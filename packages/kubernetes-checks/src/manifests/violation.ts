/** The names of all rules. */
export const ruleNames = [
  // Of one object.
  ...(['schema', 'unknown-field', 'unknown-kind'] as const),
  // Of a container or a pod.
  ...(['image-pinned', 'resources', 'privileged', 'privilege-escalation', 'capabilities'] as const),
  ...(['run-as-non-root', 'seccomp', 'read-only-root', 'host-namespace', 'volume-type'] as const),
  ...(['service-account', 'service-account-token', 'service-links', 'probes'] as const),
  'namespace-security',
  // Of names that objects use of each other.
  ...([
    'config-map-key',
    'secret-key',
    'mounted-file',
    'object-reference',
    'selector',
    'port-name',
    'backend',
  ] as const),
  // Of availability.
  ...(['autoscaler-target', 'autoscaler-requests', 'autoscaler-replicas', 'autoscaler-range'] as const),
  ...(['disruption-budget', 'rolling-update', 'topology-spread', 'grace-period', 'pre-stop'] as const),
  // Of the network.
  ...(['default-deny', 'connection-target', 'connection-denied', 'connection-unneeded'] as const),
] as const;

export type RuleName = (typeof ruleNames)[number];

/** A defect of the manifests. */
export interface Violation {
  rule: RuleName;
  /** For example `Deployment/order`. */
  object: string;
  /** JSON pointer inside of the object. */
  path: string;
  /** What is wrong, and the fix. */
  message: string;
}
