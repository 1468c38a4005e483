import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { pollUntil } from '@shop/local-stack/processes';
import { type Stack, subgraphNames, workspaceRoot } from '@shop/local-stack/stack';
import { installPeers, peersFolder } from './peers';

export const candidateNames = ['ours', 'baseline', 'stock', 'hive', 'hive-rust'] as const;
export type CandidateName = (typeof candidateNames)[number];

export const gatewayTitles: Readonly<Record<CandidateName, string>> = {
  ours: 'ours',
  baseline: 'baseline',
  stock: 'Apollo Gateway',
  hive: 'Hive Gateway',
  'hive-rust': 'Hive Gateway, Rust planner',
};

/** A gateway in a process of its own, in front of the shop's subgraphs. */
export interface Candidate {
  name: CandidateName;
  /** Of the GraphQL endpoint. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

interface Program {
  args: readonly string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
}

const readyTimeoutMs = 60_000;
/** As the shop's processes run, so that V8 works alike. */
const nodeOptions = ['--enable-source-maps', '--no-memory-reducer'];

/** @param baseline folder of a built checkout of the product, whose gateway is `baseline` */
export async function startCandidates(
  stack: Stack,
  names: readonly CandidateName[],
  baseline?: string,
): Promise<Candidate[]> {
  if (names.some((name) => name === 'hive' || name === 'hive-rust')) installPeers();
  const folder = join(stack.dataDir, 'candidates');
  mkdirSync(folder, { recursive: true });
  const supergraphFile = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphFile, supergraphOf(stack));
  const keyFile = String(environmentOf(stack.services.gateway.pid as number)['SERVICE_KEY_FILE']);
  const ports = await freePorts(names.length);
  const launched = await Promise.allSettled(
    names.map((name, index) => {
      const port = ports[index] as number;
      const program = programOf({ name, stack, supergraphFile, keyFile, port, baseline });
      return launch(name, program, port, join(folder, `${name}.log`));
    }),
  );
  const started = launched.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = launched.find((result) => result.status === 'rejected');
  if (!failed) return started;
  await Promise.all(started.map((candidate) => candidate.stop()));
  throw failed.reason;
}

function programOf(input: {
  name: CandidateName;
  stack: Stack;
  supergraphFile: string;
  keyFile: string;
  port: number;
  baseline: string | undefined;
}): Program {
  const { name, stack, supergraphFile, keyFile, port, baseline } = input;
  switch (name) {
    case 'ours':
    case 'baseline': {
      const root = name === 'ours' ? workspaceRoot : resolve(baseline ?? '');
      // The settings of the running gateway, for a second process of it.
      const { METRICS_PORT: _, ...env } = environmentOf(stack.services.gateway.pid as number);
      return { args: [join(root, 'gateway/dist/main.js')], cwd: root, env: { ...env, PORT: String(port) } };
    }
    case 'stock':
      return {
        args: [
          join(workspaceRoot, 'tests/dist/bench/gateway/stock.program.js'),
          ...[supergraphFile, keyFile, String(port)],
        ],
        env: { ...process.env, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' },
      };
    case 'hive':
    case 'hive-rust':
      return {
        args: [
          join(peersFolder, 'node_modules/@graphql-hive/gateway/dist/bin.js'),
          ...['supergraph', '--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
          ...['--config-path', join(peersFolder, 'gateway.config.mjs')],
        ],
        cwd: peersFolder,
        env: {
          ...{ ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn' },
          ...{ SUPERGRAPH_FILE: supergraphFile, SERVICE_KEY_FILE: keyFile },
          ROUTER_RUNTIME: String(name === 'hive-rust'),
        },
      };
    default:
      return name satisfies never;
  }
}

async function launch(
  name: CandidateName,
  { args, cwd = workspaceRoot, env }: Program,
  port: number,
  logFile: string,
): Promise<Candidate> {
  const child = spawn(process.execPath, [...nodeOptions, ...args], {
    ...{ cwd, env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  // Not a child that ends by itself, if this process is stopped during a measurement.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const url = `http://127.0.0.1:${port}/graphql`;
  const candidate = { name, url, pid: child.pid as number, stop: () => stop(child) };
  try {
    await pollUntil(() => answers(child, url), {
      timeoutMs: readyTimeoutMs,
      onTimeout: () => new Error(`${name} did not answer ${url} in ${readyTimeoutMs / 1_000} s.`),
    });
    return candidate;
  } catch (error) {
    await candidate.stop();
    throw new Error(
      `${(error as Error).message} Its output: ${readFileSync(logFile, 'utf8').slice(-2_000)}`,
      {
        cause: error,
      },
    );
  }
}

async function answers(child: ChildProcess, url: string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`The gateway has ended with code ${child.exitCode}.`);
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body: '{"query":"{ __typename }"}' },
      headers: { 'content-type': 'application/json' },
    });
    return response.ok && (await response.text()).includes('"Query"');
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The composed supergraph with the addresses of the running subgraphs. */
function supergraphOf(stack: Stack): string {
  const composed = readFileSync(join(workspaceRoot, 'gateway/supergraph.graphql'), 'utf8');
  return subgraphNames.reduce(
    (sdl, name) =>
      sdl.replace(
        new RegExp(`(@join__graph\\(name: "${name}", url: )"[^"]*"`),
        `$1"${stack.services[name].url}/graphql"`,
      ),
    composed,
  );
}

/** @throws Error on systems without /proc */
function environmentOf(pid: number): NodeJS.ProcessEnv {
  const settings = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf('=');
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}
