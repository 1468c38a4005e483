import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';

const program = join(__dirname, '..', '..', 'dist', 'main.js');

/** The payment subgraph as it runs in production: a process of its own. */
export interface PaymentProcess {
  url: string;
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** SIGCONT, after it was stopped. */
  resume(): void;
}

/** @param environment settings that differ from the test run's */
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
