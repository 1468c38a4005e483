import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { respondsOk, pollUntil } from '../processes';
import { StackError } from '../stack-error';
import { environmentOf } from './service-environment';
import type { ServiceLog } from './service-log';
import { programOf, workspaceRoot, type ServiceName } from '../services';
import { originOf, type StackPlan } from './stack-plan';
import type { RunningProcess } from './supervisor';

const readyTimeoutMs = 60_000;
/** The last three limit the memory and the pauses of V8 (docs/operations.md). */
const nodeOptions = [
  ...['--enable-source-maps', '--no-memory-reducer'],
  ...['--max-old-space-size=384', '--max-semi-space-size=8'],
];
/** Longer than a service's own limit for its drain (DRAIN_DELAY_MS and DRAIN_TIMEOUT_MS). */
const stopTimeoutMs = 20_000;

/**
 * Spawns a service. It has an IPC channel, which closes when this process exits, and a
 * new session, so that Ctrl-C reaches only this process, which then shuts everything down
 * gracefully.
 */
export function launchService(input: {
  service: ServiceName;
  /** Replica number, from 0. */
  replica: number;
  plan: StackPlan;
  log: ServiceLog;
}): RunningProcess {
  const { service, replica, plan, log } = input;
  const child = spawn(process.execPath, [...nodeOptions, programOf(service, 'main')], {
    cwd: workspaceRoot,
    env: environmentOf(service, plan, replica),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  log.attach(child);
  // 'close' is emitted after the last line was read, so the cause of a failure is known.
  const exited = once(child, 'close').then(([code, signal]) =>
    signal ? `by ${signal}` : `with code ${code}`,
  );
  const port = plan.ports[service][replica] as number;
  const readyUrl = `${originOf({ service, port, host: plan.host })}/readyz`;
  return {
    pid: child.pid as number,
    exited,
    ready: () =>
      Promise.race([
        untilReady(service, readyUrl, log),
        exited.then((how) => {
          throw new StackError(`${service} ended ${how}: ${log.lastError()}; see ${log.file}`);
        }),
      ]),
    kill: (signal) => void child.kill(signal),
    async stop() {
      // A process that was suspended by SIGSTOP would not handle the other signal.
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(force);
    },
  };
}

async function untilReady(service: ServiceName, url: string, log: ServiceLog): Promise<void> {
  await pollUntil(() => respondsOk(url), {
    timeoutMs: readyTimeoutMs,
    intervalMs: 50,
    onTimeout: () =>
      new StackError(`${service} was not ready in ${readyTimeoutMs / 1000} s; see ${log.file}`),
  });
}
