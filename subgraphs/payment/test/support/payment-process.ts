import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';

const program = join(__dirname, '..', '..', 'dist', 'main.js');

/** The payment subgraph in a separate process, as in production. */
export interface PaymentProcess {
  url: string;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Sends SIGCONT. */
  resume(): void;
}

/** @param environment settings that override those of the test run */
export async function startPaymentProcess(
  databaseUrl: string,
  orderUrl: string,
  environment: Record<string, string> = {},
): Promise<PaymentProcess> {
  const [port] = await freePorts(1);
  const child = spawn(process.execPath, [program], {
    env: {
      ...programEnvironment(),
      ...serviceEnvironmentFor('payment', databaseUrl),
      PORT: String(port),
      ORDER_URL: orderUrl,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    resume: () => void child.kill('SIGCONT'),
  };
}
