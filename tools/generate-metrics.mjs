// Writes docs/metrics.md from the registries of the built services: each is loaded in a process of its
// own, which starts nothing. `--check` fails if the file is not up to date, and writes nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMetrics } from '@shop/kit/metrics';
import { subgraphNames } from '@shop/local-stack/stack';
import { format } from 'prettier';
import { projectNode, root } from './prepare/workspace.mjs';

const require = createRequire(import.meta.url);
const services = ['gateway', ...subgraphNames];

/** In a process of its own: `--service NAME`. */
function printMetricsOf(service) {
  require(join(root, service === 'gateway' ? service : `subgraphs/${service}`, 'dist/service.js'));
  process.stdout.write(JSON.stringify(describeMetrics()), () => process.exit());
}

function metricsOf(service) {
  const args = ['tools/generate-metrics.mjs', '--service', service];
  return JSON.parse(execFileSync(projectNode, args, { cwd: root, encoding: 'utf8' }));
}

/** By name, with the services that have it. */
function collect() {
  const found = new Map();
  for (const service of services)
    for (const metric of metricsOf(service)) {
      const known = found.get(metric.name) ?? { ...metric, services: [] };
      found.set(metric.name, known);
      known.services.push(service);
    }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What `npm run reconcile -- --prometheus` prints. */
function textfileMetrics() {
  const { reportAsMetrics } = require(join(root, 'operations/dist/reconcile/report.js'));
  const report = { asOf: new Date().toISOString(), since: null, invariants: [{}], deadLetters: { a: 0 } };
  const lines = reportAsMetrics(report).split('\n');
  const labels = { invariant: 'names of docs/operations.md', service: services.join(', ') };
  return lines.flatMap((line) => {
    const [, name, help] = /^# HELP (\S+) (.*)/.exec(line) ?? [];
    if (!name) return [];
    const label = /\{(\w+)=/.exec(lines.find((sample) => sample.startsWith(`${name}{`)) ?? '')?.[1];
    return { name, type: 'gauge', help, labels: label ? { [label]: labels[label] } : {}, services: [] };
  });
}

function unitOf({ name }) {
  if (name.includes('_seconds')) return 'seconds';
  if (name.includes('_bytes')) return 'bytes';
  if (name.includes('_minor')) return 'minor units';
  return '';
}

function processesOf({ services: found }) {
  if (found.length === services.length) return 'all';
  return found.length === subgraphNames.length && !found.includes('gateway') ? 'subgraphs' : found.join(', ');
}

const cell = (text) => text.replaceAll('|', '\\|');

function rowOf(metric) {
  const { name, type, help, labels, condition } = metric;
  const labelled = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
  const meaning = `${help}${condition ? ` Only if ${condition}.` : ''}`;
  return `| ${[`\`${name}\``, type, unitOf(metric), labelled.join('; '), processesOf(metric), meaning].map(cell).join(' | ')} |`;
}

function tableOf(title, metrics) {
  const head = '| metric | type | unit | labels | process | meaning |\n| --- | --- | --- | --- | --- | --- |';
  return `## ${title}\n\n${head}\n${metrics.map(rowOf).join('\n')}\n`;
}

const { values: options } = parseArgs({
  options: { service: { type: 'string' }, check: { type: 'boolean' } },
});
if (options.service) printMetricsOf(options.service);
else await writeDocument();

async function writeDocument() {
  const metrics = collect();
  const ofShop = /^(shop|nats)_/;
  const ofProcess = /^(nodejs|process)_/;
  const text = `# Metrics

\`npm run generate\` writes this file from the code. Each process serves its metrics at \`/metrics\`
([where](operations.md#metrics)), as Prometheus text, or as OpenMetrics with exemplars (\`trace_id\` of sampled requests) to a
scraper that accepts it. A histogram has the series \`…_bucket\` with the label \`le\`, \`…_sum\` and \`…_count\`. No process
has more than 3,000 series, whatever clients send: label values come from the code, the manifest of persisted operations and
the catalogue's currencies; others are \`other\`.

${tableOf(
  'The shop',
  metrics.filter(({ name }) => ofShop.test(name)),
)}
${tableOf(
  'Requests, operations, calls and statements',
  metrics.filter(({ name }) => !ofShop.test(name) && !ofProcess.test(name)),
)}
${tableOf(
  'The process',
  metrics.filter(({ name }) => ofProcess.test(name)),
)}
${tableOf('`npm run reconcile -- --prometheus`', textfileMetrics())}`;
  const formatted = await format(text, { parser: 'markdown', printWidth: 110 });
  const file = join(root, 'docs/metrics.md');
  if (!options.check) writeFileSync(file, formatted);
  else if (readFileSync(file, 'utf8') !== formatted) {
    console.error('docs/metrics.md is stale: run npm run generate.');
    process.exitCode = 1;
  }
}
