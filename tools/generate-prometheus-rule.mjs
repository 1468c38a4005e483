// Writes the rules of docker/prometheus/rules as one PrometheusRule of the Prometheus Operator. `--check` fails if the file is
// not up to date, and writes nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { parse, stringify } from 'yaml';
import { root } from './prepare/workspace.mjs';

const rules = join(root, 'docker/prometheus/rules');
const file = join(root, 'k8s/components/monitoring/prometheus-rule.yaml');

/**
 * In Kubernetes `reconcile` is a CronJob, which Prometheus does not scrape: these alerts read the
 * metrics of kube-state-metrics about its Jobs instead (docs/metrics/workload/job-metrics.md and cronjob-metrics.md in
 * kubernetes/kube-state-metrics; all three are STABLE). `kube_job_failed` is the condition of the Job; `kube_job_status_failed`
 * counts pods, also those of a Job that succeeds later.
 */
const failed = 'kube_job_failed{namespace="shop", job_name=~"reconcile-.+", condition="true"}';
const started = 'kube_job_status_start_time{namespace="shop", job_name=~"reconcile-.+"}';
const succeeded = 'kube_cronjob_status_last_successful_time{namespace="shop", cronjob="reconcile"}';
const ofKubernetes = {
  InvariantBreach: {
    expr: `max by (job_name) (${failed}) > 0 and on (job_name) time() - ${started} < 3600`,
    summary: 'The Job {{ $labels.job_name }} has failed',
    description: 'reconcile found a breach, or could not read a service: the log of the Job names it.',
  },
  ReconcileStale: {
    expr: `time() - max(${succeeded}) > 3600 or absent(max(${succeeded}))`,
    summary: 'No Job of reconcile has succeeded for an hour',
    description: 'No run has succeeded for an hour, or kube-state-metrics is not scraped.',
  },
};

function forKubernetes(rule) {
  const { expr, ...annotations } = ofKubernetes[rule.alert] ?? { expr: rule.expr };
  return { ...rule, expr, ...(rule.annotations && { annotations: { ...rule.annotations, ...annotations } }) };
}

const groups = readdirSync(rules)
  .filter((name) => name.endsWith('.yml'))
  .sort()
  .flatMap((name) => parse(readFileSync(join(rules, name), 'utf8')).groups)
  .map((group) => ({ ...group, rules: group.rules.map(forKubernetes) }));
for (const alert of Object.keys(ofKubernetes))
  if (!groups.some((group) => group.rules.some((rule) => rule.alert === alert)))
    throw new Error(`${rules} has no alert ${alert}: remove it from tools/generate-prometheus-rule.mjs`);
const object = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { groups },
};
const text = await format(
  `# Made from docker/prometheus/rules by npm run generate.\n${stringify(object, { lineWidth: 0 })}`,
  {
    parser: 'yaml',
    printWidth: 140,
    singleQuote: true,
  },
);

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('k8s/components/monitoring/prometheus-rule.yaml is stale: run npm run generate.');
  process.exitCode = 1;
}
