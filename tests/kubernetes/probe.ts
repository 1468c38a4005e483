import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { tryDocker } from './engine';
import type { Container, Probe } from './manifests';

export interface ProbedContainer {
  name: string;
  address: string;
  ports: Container['ports'];
}

/** Runs a probe once, as the kubelet does: from outside the pod, or by a program in it. @throws if it fails */
async function runProbe(probe: Probe, { name, address, ports }: ProbedContainer): Promise<void> {
  const timeoutMs = probe.timeoutSeconds * 1_000;
  const { httpGet, tcpSocket, exec } = probe;
  if (httpGet) {
    const url = `http://${address}:${portOf(httpGet.port, ports)}${httpGet.path}`;
    const { status, body } = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { connection: 'close' },
    });
    await body?.cancel();
    if (status < 200 || status >= 400) throw new Error(`${httpGet.path}: status ${status}`);
  } else if (tcpSocket) {
    const socket = connect({ host: address, port: portOf(tcpSocket.port, ports) });
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    } finally {
      socket.destroy();
    }
  } else if (exec) {
    const result = await Promise.race([
      tryDocker(['exec', name, ...exec.command]),
      pause(timeoutMs, undefined, { ref: false }),
    ]);
    if (!result) throw new Error(`${exec.command[0]}: not finished in ${timeoutMs} ms`);
    if (result.code !== 0) throw new Error(`${exec.command[0]}: code ${result.code} ${result.errors}`);
  } else throw new Error('The probe has no httpGet, tcpSocket or exec');
}

export function portOf(port: string | number, ports: Container['ports']): number {
  const number = typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  if (number === undefined) throw new Error(`The container has no port ${port}`);
  return number;
}

/** Repeats a startup probe until it succeeds. @throws the last error after `failureThreshold` failures */
export async function waitForStartup(
  probe: Probe | undefined,
  container: ProbedContainer,
  assertRunning: () => Promise<void>,
): Promise<void> {
  if (!probe) return;
  await pause(probe.initialDelaySeconds * 1_000);
  for (let failures = 1; ; failures += 1) {
    try {
      return await runProbe(probe, container);
    } catch (cause) {
      await assertRunning();
      if (failures >= probe.failureThreshold)
        throw new Error(`${container.name}: the startup probe failed ${failures} times`, { cause });
    }
    await pause(probe.periodSeconds * 1_000);
  }
}

/**
 * Repeats a probe until `signal` aborts, and reports each change: success at once, failure after
 * `failureThreshold` failures in a row.
 */
export async function watchProbe(
  probe: Probe,
  container: ProbedContainer,
  options: { signal: AbortSignal; onChange: (isSuccessful: boolean, error?: Error) => void },
): Promise<void> {
  const { signal, onChange } = options;
  let isSuccessful: boolean | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const error = await runProbe(probe, container).then(
      () => undefined,
      (reason: Error) => reason,
    );
    if (signal.aborted) return;
    failures = error ? failures + 1 : 0;
    const next = error ? (failures >= probe.failureThreshold ? false : isSuccessful) : true;
    if (next !== undefined && next !== isSuccessful) {
      isSuccessful = next;
      onChange(next, error);
    }
    await pause(probe.periodSeconds * 1_000, undefined, { signal }).catch(() => undefined);
  }
}
