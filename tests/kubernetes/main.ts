import { inspect, parseArgs } from 'node:util';
import { eventually } from '@shop/testkit/eventually';
import { buyThroughBothApis } from '../containers/buy';
import { reconcileUntilDelivered } from '../containers/reconcile';
import { executeRegistered, registerDocument } from '../containers/registered-document';
import { Cluster } from './cluster';
import { removeEverything } from './engine';
import { buyUntilAnswered, Load, type LoadResult } from './load';
import { renderLocalOverlay } from './render';

const usage = `Usage: npm run e2e:k8s [-- --image <name>=<replacement> …]

Runs what k8s/overlays/local renders on the container engine, without a cluster: stores, migrations, services and
seed with their settings, secrets, security contexts, limits and probes. Buys, deletes one pod of each Deployment
under load, buys again, reconciles, and removes everything. Needs Docker on Linux, kubectl, and the image of
npm run stack -- build.

Options
  --image   runs another image than that of the manifests, for example postgres:18.6-trixie=mirror/postgres:18
`;

const notExecuted = `Not executed: admission, scheduling and topology spread, NetworkPolicies (all pods reach each other),
PodDisruptionBudgets, autoscaling (its lower limit runs), ServiceAccounts, restarts by the kubelet, rolling updates.`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = { image: { type: 'string', multiple: true }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  if (values.help) return print(usage);
  await removeEverything();
  const manifests = await renderLocalOverlay(new Map((values.image ?? []).map(readReplacement)));
  const cluster = new Cluster(manifests, print);
  const remove = async () => {
    cluster.stopProbesAndProxies();
    await removeEverything();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void remove().finally(() => process.exit(130)));
  try {
    await buyAndDeletePods(cluster);
  } catch (error) {
    await cluster.logWarnings();
    throw error;
  } finally {
    await remove();
  }
  print(notExecuted);
}

async function buyAndDeletePods(cluster: Cluster): Promise<void> {
  await cluster.apply();
  const url = await cluster.serviceUrl('gateway');
  await buyUntilAnswered(url, print);
  await shareDocument(cluster);
  const since = new Date();
  const load = new Load(url);
  for (const deployment of cluster.deployments) await cluster.deletePodOf(deployment);
  assertNothingFailed(await load.stop());
  await cluster.assertNoConnectionErrors(since);
  await buyThroughBothApis(url, print);
  const reconcile = (args: readonly string[]) => cluster.runPodOf('reconcile', ['operate', ...args]);
  print(`ok  reconcile: ${await reconcileUntilDelivered(reconcile)}`);
  cluster.assertNoFailures();
}

/** The gateways have no connection to each other: only the store has the document. */
async function shareDocument(cluster: Cluster): Promise<void> {
  const [first = '', ...others] = cluster.podUrls('gateway');
  const hash = await registerDocument(first);
  for (const url of others) await eventually(() => executeRegistered(url, hash));
  print(`ok  a document that was registered at one gateway is executed by ${others.length} other`);
}

function assertNothingFailed({ reads, purchases, failures }: LoadResult): void {
  // One of them buys through both APIs, and has a payment declined in each.
  const line = `load during the deletions: ${reads} reads, ${purchases * 4} payments; ${failures.length} failed`;
  if (failures.length > 0) throw new Error([line, ...failures.slice(0, 5)].join('\n'));
  if (reads === 0 || purchases === 0) throw new Error(`${line}: nothing was read or bought`);
  print(`ok  ${line}`);
}

function readReplacement(text: string): [string, string] {
  const [name, replacement] = text.split('=');
  if (name && replacement) return [name, replacement];
  throw new Error(`--image ${text}: expected <name>=<replacement>`);
}

main()
  .catch((error: Error) => {
    process.stderr.write(`${inspect(error)}\n`);
    process.exitCode = 1;
  })
  // Pods that were not ready are still waited for.
  .finally(() => process.exit());
