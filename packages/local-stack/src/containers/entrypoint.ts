import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { programOf, seededSubgraphs, serviceNames, workspaceRoot, type ServiceName } from '../services';
import { exitWith, StackError } from '../stack-error';
import { containerSettings, environmentForService } from './config';

/**
 * The first process of every container: runs the command that the arguments name. The program runs
 * in this process, so signals reach it without a forwarding parent.
 */
const commands: Readonly<Record<string, () => Promise<void> | void>> = {
  serve: () => load(programOf(requireService(), 'main')),
  migrate: () => load(programOf(requireService(), 'migrate')),
  seed: () => (containerSettings.service ? load(programOf(requireService(), 'seed')) : seedAll()),
  operate: () =>
    load(
      containerSettings.service
        ? programOf(requireService(), 'operate')
        : join(workspaceRoot, 'operations', 'dist', 'main.js'),
    ),
  // Where docker/compose.yaml mounts the volumes of secrets.
  init: async () => (await import('./container-secrets.js')).ensureContainerSecrets('/volumes'),
};

function requireService(): ServiceName {
  const name = serviceNames.find((known) => known === containerSettings.service);
  if (name) return name;
  const given = containerSettings.service
    ? `SERVICE=${containerSettings.service} is unknown`
    : 'SERVICE is not set';
  throw new StackError(`${given}: set it to one of ${serviceNames.join(', ')}`);
}

/** Loads a program, which sees the arguments after the command. */
function load(file: string): void {
  process.argv = [process.execPath, file, ...process.argv.slice(3)];
  require(file);
}

async function seedAll(): Promise<void> {
  for (const name of seededSubgraphs) {
    const child = spawn(process.execPath, [__filename, 'seed'], {
      stdio: 'inherit',
      env: environmentForService(name),
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new StackError(`${name}: seed failed`);
  }
}

/**
 * The kernel does not end the first process of a container by a signal that the process does not
 * handle. This handler ends it, until the program registers its own for a graceful shutdown.
 */
function endOnSignals(): void {
  const end = { SIGTERM: () => process.exit(143), SIGINT: () => process.exit(130) } as const;
  for (const [signal, handler] of Object.entries(end)) process.on(signal, handler);
  process.on('newListener', (event: string | symbol) => {
    if (event !== 'SIGTERM' && event !== 'SIGINT') return;
    // Later, because Node stops receiving a signal while it has no listener, and the new one is not
    // registered yet.
    queueMicrotask(() => process.off(event, end[event]));
  });
}

async function main([name = 'serve']: readonly string[]): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new StackError(`Unknown command: ${name}. Commands: ${Object.keys(commands).join(', ')}`);
  endOnSignals();
  await command();
}

main(process.argv.slice(2)).catch(exitWith);
