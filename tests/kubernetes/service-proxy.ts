import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@shop/testkit/eventually';
import { addressOf, docker, networkName, runLabel } from './engine';
import type { ManifestOf } from './manifests';
import type { Pod } from './pod';
import { portOf } from './probe';

const program = readFileSync(join(__dirname, 'service-proxy.program.js'), 'utf8');

/** A Service with an address of its own, which sends connections to its ready pods. */
export class ServiceProxy {
  readonly name: string;
  private readonly containerName: string;
  private readonly ports: ManifestOf<'Service'>['spec']['ports'];
  private readonly selector: Readonly<Record<string, string>>;
  private process: ChildProcess | undefined;

  constructor({ metadata, spec }: ManifestOf<'Service'>) {
    this.name = metadata.name;
    this.containerName = `service-${metadata.name}`;
    this.ports = spec.ports;
    this.selector = spec.selector;
  }

  async start(image: string): Promise<void> {
    const ports = this.ports.map(({ port }) => String(port));
    await docker([
      ...['create', '--interactive', '--name', this.containerName, '--label', runLabel, '--no-healthcheck'],
      ...['--network', networkName, '--network-alias', this.name],
      ...['--entrypoint', 'node', image, '-e', program, '--', ...ports],
    ]);
    const args = ['start', '--attach', '--interactive', this.containerName];
    const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process = child;
    const listening = new Set<string>();
    createInterface(child.stdout).on('line', (line) => listening.add(line));
    await eventually(
      () => {
        if (listening.size < ports.length) throw new Error(`Service/${this.name} does not listen yet`);
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Called at each change of the pods. */
  updateEndpoints(pods: readonly Pod[]): void {
    const ready = pods.filter((pod) => pod.isReady && selects(this.selector, pod.labels));
    const endpoints = Object.fromEntries(
      this.ports.map(({ port, targetPort }) => [
        port,
        ready.map(({ address, container }) => `${address}:${portOf(targetPort, container.ports)}`),
      ]),
    );
    this.process?.stdin?.write(`${JSON.stringify(endpoints)}\n`);
  }

  /** As `kubectl port-forward` would make it available on this machine. */
  async url(port: number): Promise<string> {
    return `http://${await addressOf(this.containerName)}:${port}`;
  }

  stop(): void {
    this.process?.kill();
  }
}

export const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);
