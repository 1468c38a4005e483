import { z } from 'zod';
import type { Violation } from '../manifests/violation';
import { type KubernetesObject, nameOf } from '../manifests/kubernetes-object';

const quantities = z.record(z.string(), z.union([z.string(), z.int()]));

/**
 * The fields of an ObjectStore (barmancloud.cnpg.io/v1) except those of `configuration`, which is a type of
 * CloudNativePG. Source: config/crd/bases/barmancloud.cnpg.io_objectstores.yaml of
 * github.com/cloudnative-pg/plugin-barman-cloud. No package has this schema.
 */
const objectStore = z.strictObject({
  apiVersion: z.literal('barmancloud.cnpg.io/v1'),
  kind: z.literal('ObjectStore'),
  metadata: z.strictObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.strictObject({
    configuration: z.looseObject({
      destinationPath: z.string().min(1),
      serverName: z.never('is a parameter of the plugin in the Cluster').optional(),
    }),
    retentionPolicy: z
      .string()
      .regex(/^[1-9][0-9]*[dwm]$/)
      .optional(),
    instanceSidecarConfiguration: z
      .strictObject({
        additionalContainerArgs: z.array(z.string()).optional(),
        env: z
          .array(
            z.strictObject({
              name: z.string(),
              value: z.string().optional(),
              valueFrom: z.record(z.string(), z.unknown()).optional(),
            }),
          )
          .optional(),
        logLevel: z.enum(['error', 'warning', 'info', 'debug', 'trace']).optional(),
        resources: z
          .strictObject({ limits: quantities.optional(), requests: quantities.optional() })
          .optional(),
        retentionPolicyIntervalSeconds: z.int().optional(),
      })
      .optional(),
  }),
});

export function checkObjectStore(object: KubernetesObject): Violation[] {
  const { error } = objectStore.safeParse(object);
  return (error?.issues ?? []).flatMap((issue): Violation[] => {
    const path = issue.path.map((key) => `/${String(key)}`).join('');
    const at = { object: nameOf(object) };
    if (issue.code !== 'unrecognized_keys')
      return [{ ...at, rule: 'schema', path, message: `${issue.message}: correct the value` }];
    return issue.keys.map((key) => ({
      ...at,
      rule: 'unknown-field',
      path: `${path}/${key}`,
      message: `ObjectStore has no field "${key}" here: correct its name, or remove it`,
    }));
  });
}
