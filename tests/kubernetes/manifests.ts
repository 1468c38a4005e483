import { z } from 'zod';

/**
 * The fields of manifests that the run applies, or may leave out on one machine. The objects are strict: a
 * field that is not listed here stops the run instead of being ignored.
 */
const metadata = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});

const port = z.union([z.string(), z.number()]);
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port }).optional(),
  tcpSocket: z.strictObject({ port }).optional(),
  exec: z.strictObject({ command: z.array(z.string()) }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
});
export type Probe = z.infer<typeof probe>;

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  // All images are on this machine.
  imagePullPolicy: z.literal('IfNotPresent').optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).default([]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  envFrom: z.array(z.strictObject({ configMapRef: z.strictObject({ name: z.string() }) })).default([]),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.number() }) }) })
    .optional(),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
    limits: z.strictObject({ cpu: z.string(), memory: z.string() }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z
    .array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }))
    .default([]),
});
export type Container = z.infer<typeof container>;

const items = z.array(z.strictObject({ key: z.string(), path: z.string() })).optional();
const defaultMode = z.number().default(0o644);
const volume = z.strictObject({
  name: z.string(),
  emptyDir: z.strictObject({ medium: z.literal('Memory').optional(), sizeLimit: z.string() }).optional(),
  secret: z.strictObject({ secretName: z.string(), defaultMode, items }).optional(),
  configMap: z.strictObject({ name: z.string(), defaultMode, items }).optional(),
  projected: z
    .strictObject({
      defaultMode,
      sources: z.array(z.strictObject({ secret: z.strictObject({ name: z.string(), items }) })),
    })
    .optional(),
});
export type Volume = z.infer<typeof volume>;

const podSpec = z.strictObject({
  containers: z.tuple([container]),
  volumes: z.array(volume).default([]),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().positive(),
    runAsGroup: z.number(),
    fsGroup: z.number(),
    fsGroupChangePolicy: z.literal('OnRootMismatch').optional(),
    // The engine's default profile.
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  terminationGracePeriodSeconds: z.number().default(30),
  restartPolicy: z.literal('Never').optional(),
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  // There is no API server that knows it.
  serviceAccountName: z.string().optional(),
  // There is one machine.
  topologySpreadConstraints: z.unknown().optional(),
});
export type PodSpec = z.infer<typeof podSpec>;

const template = z.object({ metadata: z.object({ labels: metadata.shape.labels }), spec: podSpec });
const object = <Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) =>
  z.object({ kind: z.literal(kind), metadata, spec });
const content = z.record(z.string(), z.string()).default({});

/** Kinds without effect on one machine without an API server: npm run check:k8s checks them. */
const unapplied = z.enum(['Namespace', 'ServiceAccount', 'NetworkPolicy', 'PodDisruptionBudget']);

const manifest = z.discriminatedUnion('kind', [
  object('Deployment', z.object({ progressDeadlineSeconds: z.number().default(600), template })),
  object(
    'StatefulSet',
    z.object({
      replicas: z.literal(1),
      template,
      volumeClaimTemplates: z.array(z.object({ metadata })).default([]),
    }),
  ),
  object('Job', z.object({ backoffLimit: z.number(), activeDeadlineSeconds: z.number(), template })),
  object('CronJob', z.object({ jobTemplate: z.object({ spec: z.object({ template }) }) })),
  object(
    'Service',
    z.object({
      clusterIP: z.literal('None').optional(),
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.object({ port: z.number(), targetPort: port })),
    }),
  ),
  object(
    'HorizontalPodAutoscaler',
    z.object({ minReplicas: z.number(), scaleTargetRef: z.object({ name: z.string() }) }),
  ),
  z.object({ kind: z.literal('ConfigMap'), metadata, data: content }),
  z.object({ kind: z.literal('Secret'), metadata, data: content }),
  z.object({ kind: unapplied, metadata }),
]);
type Manifest = z.infer<typeof manifest>;
export type ManifestOf<Kind extends Manifest['kind']> = Extract<Manifest, { kind: Kind }>;

/** What is applied to the cluster. */
export class Manifests {
  constructor(private readonly manifests: readonly Manifest[]) {}

  ofKind<Kind extends Manifest['kind']>(kind: Kind): ManifestOf<Kind>[] {
    return this.manifests.filter((it): it is ManifestOf<Kind> => it.kind === kind);
  }

  /** @throws Error if there is no object of this kind and name */
  get<Kind extends Manifest['kind']>(kind: Kind, name: string): ManifestOf<Kind> {
    const found = this.ofKind(kind).find(({ metadata: { name: known } }) => known === name);
    if (!found) throw new Error(`${kind}/${name} is referred to, and not rendered`);
    return found;
  }
}

/** @throws Error that names the object and the field that the run does not apply */
export function parseManifest(value: unknown): Manifest {
  const { success, data, error } = manifest.safeParse(value);
  if (success) return data;
  const { kind, metadata: { name } = {} } = value as { kind?: string; metadata?: { name?: string } };
  throw new Error(`${kind}/${name} has fields that this run does not apply:\n${z.prettifyError(error)}`);
}
