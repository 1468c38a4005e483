import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandResult } from '@shop/local-stack/containers';
import { docker, networkName, runLabel, tryDocker } from './engine';
import type { ManifestOf, Manifests, PodSpec } from './manifests';
import { Pod } from './pod';
import { podArguments } from './pod-arguments';
import { shopImage } from './render';
import { selects, ServiceProxy } from './service-proxy';
import { createVolumes } from './volumes';

type Workload = ManifestOf<'Deployment'> | ManifestOf<'StatefulSet'>;
type Volumes = ReadonlyMap<string, string>;

interface PodWarning {
  pod: string;
  line: string;
}

/** For a StatefulSet. A Deployment has `progressDeadlineSeconds`. */
const readyTimeoutMs = 120_000;
/** What a pod causes that ends before it has responded, or that starts too late. */
const connectionFailures: ReadonlySet<string> = new Set([
  'connect_failed',
  'connection_lost',
  'server_error',
]);
/** The kubelet waits so long before it runs the pod of a Job again, and twice as long each further time. */
const firstRetryMs = 10_000;

/** The objects of an overlay on the container engine. Services, Deployments and Jobs behave as in a cluster. */
export class Cluster {
  private readonly proxies: readonly ServiceProxy[];
  private readonly pods = new Set<Pod>();
  private readonly volumes = new Map<string, Volumes>();
  private readonly failures: Error[] = [];
  /** Of deleted pods. */
  private readonly earlierWarnings: PodWarning[] = [];

  constructor(
    private readonly manifests: Manifests,
    private readonly log: (line: string) => void,
  ) {
    this.proxies = manifests
      .ofKind('Service')
      .filter(({ spec }) => spec.clusterIP === undefined)
      .map((service) => new ServiceProxy(service));
  }

  /** In the order of the sync waves: stores, migrations, services, and the seed after them. */
  async apply(): Promise<void> {
    await docker(['network', 'create', '--label', runLabel, networkName]);
    await Promise.all(this.proxies.map((proxy) => proxy.start(shopImage)));
    await Promise.all(this.manifests.ofKind('StatefulSet').map((it) => this.startReplicas(it)));
    const jobs = this.manifests.ofKind('Job');
    const isAfterwards = ({ metadata }: ManifestOf<'Job'>) =>
      metadata.annotations['argocd.argoproj.io/hook'] === 'PostSync';
    for (const job of jobs.filter((it) => !isAfterwards(it))) await this.runJob(job);
    await Promise.all(this.manifests.ofKind('Deployment').map((it) => this.startReplicas(it)));
    for (const job of jobs.filter(isAfterwards)) await this.runJob(job);
  }

  get deployments(): string[] {
    return this.manifests.ofKind('Deployment').map(({ metadata }) => metadata.name);
  }

  /** The address of a Service on this machine. */
  async serviceUrl(name: string): Promise<string> {
    const { spec } = this.manifests.get('Service', name);
    const proxy = this.proxies.find((it) => it.name === name);
    if (!proxy) throw new Error(`Service/${name} has no address of its own`);
    return proxy.url(spec.ports[0]!.port);
  }

  /** The address of each pod of a Deployment on this machine. */
  podUrls(deployment: string): string[] {
    const [{ port } = { port: 0 }] = this.manifests.get('Service', deployment).spec.ports;
    return this.podsOf(deployment).map(({ address }) => `http://${address}:${port}`);
  }

  /** Deletes one pod of a Deployment; at the same time its replacement starts. */
  async deletePodOf(deployment: string): Promise<void> {
    const manifest = this.manifests.get('Deployment', deployment);
    const [pod, ...others] = this.podsOf(deployment);
    if (!pod || others.length === 0) throw new Error(`Deployment/${deployment} has fewer than two pods`);
    this.pods.delete(pod);
    const [{ seconds, warnings }] = await Promise.all([pod.delete(), this.startPod(manifest)]);
    this.earlierWarnings.push(...warnings.map((line) => ({ pod: pod.name, line })));
    this.log(`ok  ${pod.name}: deleted, ended with code 0 after ${seconds.toFixed(1)} s; replaced`);
  }

  private podsOf(deployment: string): Pod[] {
    return [...this.pods].filter(({ name }) => name.startsWith(`${deployment}-`));
  }

  /** Runs the pod of a CronJob with other arguments, as docs/deployment.md runs the operator's commands. */
  async runPodOf(cronJob: string, args: readonly string[]): Promise<CommandResult> {
    const { spec } = this.manifests.get('CronJob', cronJob).spec.jobTemplate.spec.template;
    const [container] = spec.containers;
    const changed: PodSpec = { ...spec, containers: [{ ...container, args: [...args] }] };
    return this.runToEnd(cronJob, changed);
  }

  /** @throws the first failure of a liveness probe */
  assertNoFailures(): void {
    const [failure] = this.failures;
    if (failure) throw failure;
  }

  /**
   * @param since only what pods have logged since then
   * @throws Error if a connection to a subgraph failed or was lost, also if the gateway repeated the request
   */
  async assertNoConnectionErrors(since: Date): Promise<void> {
    for (const { pod, line } of await this.warnings()) {
      const { message, kind = '', timestamp = '' } = JSON.parse(line) as Record<string, string | undefined>;
      const isFailure = message === 'subgraph request failed' && connectionFailures.has(kind);
      if (isFailure && new Date(timestamp) >= since) throw new Error(`${pod}: ${line}`);
    }
  }

  /** The last warnings and errors that each pod has logged. */
  async logWarnings(): Promise<void> {
    for (const pod of this.pods)
      for (const line of (await pod.warnings()).slice(-5)) this.log(`${pod.name}: ${line}`);
  }

  private async warnings(): Promise<PodWarning[]> {
    const ofPods = [...this.pods].map(async (pod) =>
      (await pod.warnings()).map((line) => ({ pod: pod.name, line })),
    );
    return [...this.earlierWarnings, ...(await Promise.all(ofPods)).flat()];
  }

  /** Before everything is removed. */
  stopProbesAndProxies(): void {
    for (const pod of this.pods) pod.abandon();
    for (const proxy of this.proxies) proxy.stop();
  }

  private async startReplicas(workload: Workload): Promise<void> {
    const replicas = this.replicasOf(workload);
    await this.volumesOf(workload.metadata.name, workload.spec.template.spec, claimsOf(workload));
    const startMs = performance.now();
    await Promise.all(Array.from({ length: replicas }, () => this.startPod(workload)));
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    this.log(`ok  ${workload.kind}/${workload.metadata.name}: ${replicas} ready after ${seconds} s`);
  }

  /** Without an autoscaler's measurements, its lower limit is what it sets. */
  private replicasOf(workload: Workload): number {
    if (workload.kind === 'StatefulSet') return workload.spec.replicas;
    const autoscalers = this.manifests.ofKind('HorizontalPodAutoscaler');
    const { name } = workload.metadata;
    return autoscalers.find(({ spec }) => spec.scaleTargetRef.name === name)?.spec.minReplicas ?? 1;
  }

  private async startPod(workload: Workload): Promise<void> {
    const { spec: podSpec, metadata } = workload.spec.template;
    const volumes = await this.volumesOf(workload.metadata.name, podSpec, claimsOf(workload));
    const name = `${workload.metadata.name}-${randomBytes(3).toString('hex')}`;
    const aliases = this.headlessServicesOf(metadata.labels);
    const args = podArguments({ name, podSpec, manifests: this.manifests, volumes, aliases });
    const pod = new Pod(name, metadata.labels, podSpec, args, {
      onReadinessChange: () => this.updateEndpoints(),
      onFailure: (error) => this.failures.push(error),
    });
    this.pods.add(pod);
    const isDeployment = workload.kind === 'Deployment';
    await pod.start(isDeployment ? workload.spec.progressDeadlineSeconds * 1_000 : readyTimeoutMs);
  }

  private headlessServicesOf(labels: Readonly<Record<string, string>>): string[] {
    return this.manifests
      .ofKind('Service')
      .filter(({ spec }) => spec.clusterIP === 'None' && selects(spec.selector, labels))
      .map(({ metadata }) => metadata.name);
  }

  private updateEndpoints(): void {
    for (const proxy of this.proxies) proxy.updateEndpoints([...this.pods]);
  }

  private async runJob({ metadata: { name }, spec }: ManifestOf<'Job'>): Promise<void> {
    const startMs = performance.now();
    for (let failures = 0; ; failures += 1) {
      const { code, output, errors } = await this.runToEnd(name, spec.template.spec);
      const seconds = (performance.now() - startMs) / 1_000;
      if (code === 0) return this.log(`ok  Job/${name}: complete after ${seconds.toFixed(1)} s`);
      if (failures >= spec.backoffLimit || seconds > spec.activeDeadlineSeconds)
        throw new Error(`Job/${name} failed ${failures + 1} times (code ${code}):\n${output}\n${errors}`);
      await pause(firstRetryMs * 2 ** failures);
    }
  }

  private async runToEnd(workload: string, podSpec: PodSpec): Promise<CommandResult> {
    const volumes = await this.volumesOf(workload, podSpec, []);
    const name = `${workload}-${randomBytes(3).toString('hex')}`;
    const args = podArguments({ name, podSpec, manifests: this.manifests, volumes, aliases: [] });
    return tryDocker(['run', '--rm', ...args]);
  }

  private async volumesOf(workload: string, podSpec: PodSpec, claims: readonly string[]): Promise<Volumes> {
    const existing = this.volumes.get(workload);
    if (existing) return existing;
    const { manifests } = this;
    const created = await createVolumes({ workload, podSpec, claims, manifests, image: shopImage });
    this.volumes.set(workload, created);
    return created;
  }
}

function claimsOf(workload: Workload): string[] {
  if (workload.kind === 'Deployment') return [];
  return workload.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name);
}
