import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { pollUntil, respondsOk } from '@shop/local-stack/processes';
import { serviceNames, subgraphNames, type SubgraphName } from '@shop/local-stack/stack';
import { programEnvironment } from '@shop/testkit/database';

export interface FormerShop {
  gatewayUrl: string;
  /** The errors that its processes have logged since it was ready. */
  output(): string;
  stop(): Promise<void>;
}

const readyTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;

/** Starts the shop of a built checkout as `npm start` does: it migrates, seeds and serves. */
export async function startFormerShop(input: {
  checkout: string;
  dataDir: string;
  databaseUrls: Record<SubgraphName, string>;
}): Promise<FormerShop> {
  const { checkout, dataDir, databaseUrls } = input;
  const ports = await freePorts(serviceNames.length);
  const portSettings = serviceNames.map((name, index) => [
    name === 'gateway' ? 'PORT' : `${name.toUpperCase()}_PORT`,
    String(ports[index]),
  ]);
  const urls = subgraphNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, databaseUrls[name]]);
  const child = spawn(process.execPath, [join(checkout, 'packages/local-stack/dist/main.js'), 'start'], {
    cwd: checkout,
    env: {
      ...programEnvironment(),
      ...Object.fromEntries([...portSettings, ...urls]),
      ...{ DATA_DIR: dataDir, SEED_PRODUCTS: '5' },
    },
    // The shop stops when the IPC channel closes, also if this process is killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => (output = `${output}${text}`.slice(-4_000)));
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await closed;
    clearTimeout(force);
  };
  const failure = (reason: string) => new Error(`the shop of the previous release ${reason}:\n${output}`);
  const gatewayUrl = `http://127.0.0.1:${ports[serviceNames.indexOf('gateway')]}`;
  try {
    await Promise.race([
      pollUntil(() => respondsOk(`${gatewayUrl}/readyz`), {
        timeoutMs: readyTimeoutMs,
        intervalMs: 100,
        onTimeout: () => failure(`was not ready in ${readyTimeoutMs / 1_000} s`),
      }),
      closed.then(() => {
        throw failure('has ended');
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  // Removes the text before, which contains the administrator's password.
  output = '';
  return { gatewayUrl, output: () => output, stop };
}
