/** A class of kubernetes-models: the schema of a kind. */
export interface Model {
  /** @throws an error with `errors`, if `this` violates the schema */
  prototype: { validate(this: object): void };
}

/** The schema of each kind, by `<apiVersion> <kind>`. */
export const models: Readonly<Record<string, () => Promise<Model>>> = {
  'v1 ConfigMap': async () => (await import('kubernetes-models/v1/ConfigMap')).ConfigMap,
  'v1 Namespace': async () => (await import('kubernetes-models/v1/Namespace')).Namespace,
  'v1 Secret': async () => (await import('kubernetes-models/v1/Secret')).Secret,
  'v1 Service': async () => (await import('kubernetes-models/v1/Service')).Service,
  'v1 ServiceAccount': async () => (await import('kubernetes-models/v1/ServiceAccount')).ServiceAccount,
  'apps/v1 Deployment': async () => (await import('kubernetes-models/apps/v1/Deployment')).Deployment,
  'apps/v1 StatefulSet': async () => (await import('kubernetes-models/apps/v1/StatefulSet')).StatefulSet,
  'autoscaling/v2 HorizontalPodAutoscaler': async () =>
    (await import('kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler')).HorizontalPodAutoscaler,
  'batch/v1 CronJob': async () => (await import('kubernetes-models/batch/v1/CronJob')).CronJob,
  'batch/v1 Job': async () => (await import('kubernetes-models/batch/v1/Job')).Job,
  'networking.k8s.io/v1 Ingress': async () =>
    (await import('kubernetes-models/networking.k8s.io/v1/Ingress')).Ingress,
  'networking.k8s.io/v1 NetworkPolicy': async () =>
    (await import('kubernetes-models/networking.k8s.io/v1/NetworkPolicy')).NetworkPolicy,
  'policy/v1 PodDisruptionBudget': async () =>
    (await import('kubernetes-models/policy/v1/PodDisruptionBudget')).PodDisruptionBudget,
  'rbac.authorization.k8s.io/v1 Role': async () =>
    (await import('kubernetes-models/rbac.authorization.k8s.io/v1/Role')).Role,
  'rbac.authorization.k8s.io/v1 RoleBinding': async () =>
    (await import('kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding')).RoleBinding,
  'bitnami.com/v1alpha1 SealedSecret': async () =>
    (await import('@kubernetes-models/sealed-secrets/bitnami.com/v1alpha1/SealedSecret')).SealedSecret,
  'cert-manager.io/v1 Certificate': async () =>
    (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate')).Certificate,
  'cert-manager.io/v1 Issuer': async () =>
    (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer')).Issuer,
  'external-secrets.io/v1 ExternalSecret': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret'))
      .ExternalSecret,
  'external-secrets.io/v1 SecretStore': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore')).SecretStore,
  'external-secrets.io/v1 ClusterSecretStore': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore'))
      .ClusterSecretStore,
  'gateway.networking.k8s.io/v1 Gateway': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway')).Gateway,
  'gateway.networking.k8s.io/v1 HTTPRoute': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute')).HTTPRoute,
  'monitoring.coreos.com/v1 PodMonitor': async () =>
    (await import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor')).PodMonitor,
  'monitoring.coreos.com/v1 PrometheusRule': async () =>
    (await import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'))
      .PrometheusRule,
  'monitoring.coreos.com/v1 ServiceMonitor': async () =>
    (await import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'))
      .ServiceMonitor,
  'postgresql.cnpg.io/v1 Cluster': async () =>
    (await import('@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster')).Cluster,
  'postgresql.cnpg.io/v1 Pooler': async () =>
    (await import('@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler')).Pooler,
  'postgresql.cnpg.io/v1 ScheduledBackup': async () =>
    (await import('@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup')).ScheduledBackup,
};

/** Not a kind: a part of an ObjectStore. */
export const loadBarmanConfiguration = async (): Promise<Model> =>
  (
    await import('@kubernetes-models/cloudnative-pg/github.com/cloudnative-pg/barman-cloud/pkg/api/BarmanObjectStoreConfiguration')
  ).BarmanObjectStoreConfiguration;
