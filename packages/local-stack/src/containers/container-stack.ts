import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfSchema } from '@shop/kit/service';
import { inheritedEnvironment } from '../config';
import { pollUntil, respondsOk } from '../processes';
import { workspaceRoot } from '../services';
import { StackError } from '../stack-error';
import { compose, composeOutput, composeResult, outputOf, type CommandResult } from './compose';

/** The processes of the stack, in the order in which they need each other. */
export const containerServices = [
  ...(['postgres', 'nats', 'valkey'] as const),
  ...(['user', 'product', 'order', 'payment', 'gateway'] as const),
];

const readyTimeoutMs = 120_000;
const healthyTimeoutMs = 90_000;

/** Builds the image, labelled with the version, the commit and the hash of the supergraph. */
export function buildImage(): Promise<void> {
  // npm passes the registry of .npmrc to its scripts in lower case.
  const { NPM_CONFIG_REGISTRY: chosen, npm_config_registry: configured } = inheritedEnvironment;
  const registry = chosen || configured;
  return compose(['build', 'init'], {
    ...imageLabels(),
    ...(registry ? { NPM_CONFIG_REGISTRY: registry } : {}),
  });
}

/** The build arguments of docker/Dockerfile that become labels. */
export function imageLabels(): Record<'VERSION' | 'REVISION' | 'SCHEMA_HASH', string> {
  return { VERSION: versionOfPackage(), REVISION: currentCommit(), SCHEMA_HASH: schemaHash() };
}

/**
 * The size of the image's layers that its base image does not have. The base is pulled if it is not
 * stored here.
 */
export async function imageSize(): Promise<{ base: string; addedBytes: number }> {
  const image = imageName();
  const label = '{{index .Config.Labels "org.opencontainers.image.base.name"}}';
  const base = await outputOf(['image', 'inspect', '--format', label, image]);
  await outputOf(['image', 'inspect', base]).catch(() => outputOf(['pull', '--quiet', base]));
  const layers = await Promise.all([base, image].map(layersOf));
  const isOnBase = layers[0]!.digests.every((digest, index) => digest === layers[1]!.digests[index]);
  if (!isOnBase) throw new StackError(`${image} was built on another ${base}: npm run stack -- build`);
  return { base, addedBytes: layers[1]!.bytes - layers[0]!.bytes };
}

/** As docker/compose.yaml names it. */
const imageName = () => inheritedEnvironment['SHOP_IMAGE'] || 'supergraph-shop:local';

async function layersOf(image: string): Promise<{ digests: string[]; bytes: number }> {
  const digests = JSON.parse(
    await outputOf(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image]),
  ) as string[];
  const sizes = await outputOf(['history', '--human=false', '--format', '{{.Size}}', image]);
  return { digests, bytes: sizes.split('\n').reduce((sum, size) => sum + Number(size), 0) };
}

/**
 * Starts the containers, and builds the image if it does not exist; waits until the gateway is ready.
 *
 * @param profiles for example `observability`
 * @returns the gateway's URL
 */
export async function startContainers(profiles: readonly string[] = []): Promise<string> {
  const up = [...profiles.flatMap((name) => ['--profile', name]), 'up', '--detach', '--remove-orphans'];
  await compose(up, profiles.includes('observability') ? tracesToCollector() : {});
  const url = await gatewayUrl();
  await pollUntil(() => respondsOk(`${url}/readyz`), {
    timeoutMs: readyTimeoutMs,
    intervalMs: 200,
    onTimeout: () =>
      new StackError(
        `The gateway was not ready in ${readyTimeoutMs / 1_000} s: npm run stack -- logs gateway`,
      ),
  });
  return url;
}

/**
 * Starts a service of any profile in the running stack.
 *
 * @returns a function that stops it and returns the exit code of its process, and removes the container
 *   unless it existed before
 */
export async function addContainer(service: string): Promise<() => Promise<number>> {
  const existed = (await composeOutput(['ps', '--all', '--quiet', service])) !== '';
  await composeOutput(['up', '--detach', '--no-deps', service]);
  return async () => {
    const exitCode = await stopContainer(service);
    if (existed) await startContainer(service);
    else await outputOf(['rm', await containerOf(service)]);
    return exitCode;
  };
}

/** Unless the setting names another endpoint. */
function tracesToCollector(): NodeJS.ProcessEnv {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: chosen } = inheritedEnvironment;
  return { OTEL_EXPORTER_OTLP_ENDPOINT: chosen || 'http://otel-collector:4318' };
}

/** Stops and removes the containers; with `isDataRemoved` also the volumes with data and secrets. */
export function removeContainers({ isDataRemoved }: { isDataRemoved: boolean }): Promise<void> {
  const profiles = ['--profile', 'observability', '--profile', 'operate'];
  return compose([...profiles, 'down', '--remove-orphans', ...(isDataRemoved ? ['--volumes'] : [])]);
}

/** Where the gateway's port is published on this machine. */
export async function gatewayUrl(): Promise<string> {
  const address = await composeOutput(['port', 'gateway', '8080']);
  return `http://${address.replace(/^(0\.0\.0\.0|\[::\])/, '127.0.0.1')}`;
}

/** The administrator's password, from the operator's secrets. */
export function adminPassword(): Promise<string> {
  const cat = ['run', '--rm', '--no-deps', '-T', '--entrypoint', 'cat', 'operate'];
  return composeOutput([...cat, '/run/secrets/admin-password']);
}

/** Runs an operator command in a container of its own. `env` has settings of docker/compose.yaml. */
export function operate(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return composeResult(['run', '--rm', '--no-deps', '-T', 'operate', ...args], env);
}

/** Runs a program in the container of a service. @returns its output */
export async function execute(service: string, command: readonly string[]): Promise<string> {
  return outputOf(['exec', await containerOf(service), ...command]);
}

/** What the containers have logged. */
export function readLogs(): Promise<string> {
  return composeOutput(['logs', '--no-color']);
}

/** The secrets from which `init` makes the files of all containers, with the names of their files. */
export async function readMasterSecrets(): Promise<Record<string, string>> {
  const print = `const fs = require('fs'), folder = '/volumes/master/';
    const files = fs.readdirSync(folder).filter((name) => fs.statSync(folder + name).isFile());
    console.log(JSON.stringify(files.map((name) => [name, fs.readFileSync(folder + name, 'utf8')])));`;
  const run = ['run', '--rm', '--no-deps', '-T', '--entrypoint', 'node', 'init', '-e', print];
  return Object.fromEntries(JSON.parse(await composeOutput(run)) as [string, string][]);
}

/** Kills the process of a container by SIGKILL, and starts the container again when it has ended. */
export async function killContainer(service: string): Promise<void> {
  const container = await containerOf(service);
  await outputOf(['kill', '--signal', 'KILL', container]);
  await outputOf(['wait', container]);
  await outputOf(['start', container]);
}

/** Stops a container by SIGTERM. @returns the exit code of its process */
export async function stopContainer(service: string): Promise<number> {
  const container = await containerOf(service);
  await outputOf(['stop', container]);
  return Number(await outputOf(['inspect', '--format', '{{.State.ExitCode}}', container]));
}

export async function startContainer(service: string): Promise<void> {
  await outputOf(['start', await containerOf(service)]);
}

/** @throws StackError if it is not healthy in 90 s */
export async function waitUntilHealthy(service: string): Promise<void> {
  const container = await containerOf(service);
  const status = () => outputOf(['inspect', '--format', '{{.State.Health.Status}}', container]);
  await pollUntil(async () => (await status()) === 'healthy', {
    timeoutMs: healthyTimeoutMs,
    intervalMs: 250,
    onTimeout: () => new StackError(`${service} was not healthy in ${healthyTimeoutMs / 1_000} s`),
  });
}

/** The parts of `docker inspect` that tests read. */
export interface ContainerDetails {
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: {
    ReadonlyRootfs: boolean;
    Privileged: boolean;
    CapDrop: string[];
    SecurityOpt: string[];
    Memory: number;
    PortBindings: Record<string, unknown> | null;
  };
  Mounts: { Name?: string; Destination: string; RW: boolean }[];
}

export async function inspectContainer(service: string): Promise<ContainerDetails> {
  const [details] = JSON.parse(await outputOf(['inspect', await containerOf(service)])) as ContainerDetails[];
  return details!;
}

/** @throws StackError if it has no container */
async function containerOf(service: string): Promise<string> {
  const id = await composeOutput(['ps', '--all', '--quiet', service]);
  if (id === '') throw new StackError(`There is no container of ${service}: run \`npm run stack -- up\``);
  return id;
}

function versionOfPackage(): string {
  const file = readFileSync(join(workspaceRoot, 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

/** Unknown outside a Git checkout. */
function currentCommit(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'unknown';
}

/** As the gateway reports it at /healthz. */
function schemaHash(): string {
  const supergraph = readFileSync(join(workspaceRoot, 'gateway', 'supergraph.graphql'), 'utf8');
  return hashOfSchema(supergraph);
}
