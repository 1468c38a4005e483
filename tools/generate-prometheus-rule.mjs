// Writes the rules of docker/prometheus/rules as one PrometheusRule of the Prometheus Operator. `--check` fails if the file is
// not up to date, and writes nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { parse, stringify } from 'yaml';
import { root } from './prepare/workspace.mjs';

const rules = join(root, 'docker/prometheus/rules');
const file = join(root, 'k8s/components/monitoring/prometheus-rule.yaml');

const groups = readdirSync(rules)
  .filter((name) => name.endsWith('.yml'))
  .sort()
  .flatMap((name) => parse(readFileSync(join(rules, name), 'utf8')).groups);
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
