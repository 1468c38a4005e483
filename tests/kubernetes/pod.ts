import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@shop/testkit/eventually';
import { addressOf, docker, tryDocker } from './engine';
import type { Container, PodSpec } from './manifests';
import { waitForStartup, watchProbe } from './probe';

export interface PodEvents {
  onReadinessChange: () => void;
  /** The kubelet would restart the container. */
  onFailure: (error: Error) => void;
}

/** A pod of one container on the container engine. */
export class Pod {
  address = '';
  isReady = false;
  private readonly stopProbes = new AbortController();

  constructor(
    readonly name: string,
    readonly labels: Readonly<Record<string, string>>,
    private readonly podSpec: PodSpec,
    private readonly dockerArguments: readonly string[],
    private readonly events: PodEvents,
  ) {}

  get container(): Container {
    return this.podSpec.containers[0];
  }

  /** Starts the container; resolves when it is ready for the first time. */
  async start(readyTimeoutMs: number): Promise<void> {
    await docker(['create', ...this.dockerArguments]);
    await docker(['start', this.name]);
    this.address = await addressOf(this.name);
    const { startupProbe, readinessProbe, livenessProbe, ports } = this.container;
    const probed = { name: this.name, address: this.address, ports };
    await waitForStartup(startupProbe, probed, () => this.assertRunning());
    const { signal } = this.stopProbes;
    const watch = (probe: typeof readinessProbe, onChange: Parameters<typeof watchProbe>[2]['onChange']) => {
      if (probe) watchProbe(probe, probed, { signal, onChange }).catch(this.events.onFailure);
      else onChange(true);
    };
    watch(readinessProbe, (isReady) => {
      this.isReady = isReady;
      this.events.onReadinessChange();
    });
    watch(livenessProbe, (isAlive, cause) => {
      if (!isAlive) this.events.onFailure(new Error(`${this.name}: the liveness probe failed`, { cause }));
    });
    await eventually(() => this.assertReady(), { timeoutMs: readyTimeoutMs, intervalMs: 100 });
  }

  private assertReady(): void {
    if (!this.isReady) throw new Error(`${this.name} is not ready`);
  }

  private async assertRunning(): Promise<void> {
    const state = await docker(['inspect', '--format', '{{.State.Running}} {{.State.ExitCode}}', this.name]);
    if (!state.startsWith('true'))
      throw new Error(`${this.name} has ended (running, exit code: ${state}):\n${await this.logs()}`);
  }

  /**
   * Deletes the pod as the kubelet does: it is no endpoint any more; preStop; SIGTERM; the grace period ends.
   *
   * @returns how long it took, and the warnings that it logged
   * @throws Error if the process did not end by itself with code 0
   */
  async delete(): Promise<{ seconds: number; warnings: string[] }> {
    const startMs = performance.now();
    const graceMs = this.podSpec.terminationGracePeriodSeconds * 1_000;
    this.isReady = false;
    this.events.onReadinessChange();
    this.stopProbes.abort();
    const preStopSeconds = this.container.lifecycle?.preStop.sleep.seconds ?? 0;
    await pause(preStopSeconds * 1_000);
    const secondsLeft = Math.floor((graceMs - (performance.now() - startMs)) / 1_000);
    await docker(['stop', '--time', String(Math.max(0, secondsLeft)), this.name]);
    const exitCode = await docker(['inspect', '--format', '{{.State.ExitCode}}', this.name]);
    if (exitCode !== '0')
      throw new Error(`${this.name} ended with code ${exitCode} after SIGTERM:\n${await this.logs()}`);
    const warnings = await this.warnings();
    await docker(['rm', this.name]);
    return { seconds: (performance.now() - startMs) / 1_000, warnings };
  }

  /** Ends the probes, before the container is removed with all others. */
  abandon(): void {
    this.stopProbes.abort();
  }

  /** The lines of warnings and errors. */
  async warnings(): Promise<string[]> {
    const { output, errors } = await tryDocker(['logs', '--tail', '2000', this.name]);
    const lines = `${output}\n${errors}`.split('\n');
    return lines.filter((line) => /"level":"?(warn|error|fatal|40|50|60)/.test(line));
  }

  async logs(): Promise<string> {
    const { output, errors } = await tryDocker(['logs', '--tail', '20', this.name]);
    return `${output}\n${errors}`;
  }
}
