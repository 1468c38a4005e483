import { setTimeout as pause } from 'node:timers/promises';
import { serviceNames, type StackService } from '@shop/local-stack/stack';
import { registerCustomers, runCustomers } from '../clients/run-customers';
import type { SendRequest } from '../clients/request';
import type { Scenario } from '../clients/scenario';
import { restartAfterExit } from '../faults/restart-after-exit';
import { History } from '../history/history';
import { toInvariantResult } from '../report/invariant-result';
import type { ChaosShop } from '../shop/chaos-shop';
import { checkHistoryInvariants } from './history-invariants';
import type { Phase } from './phase';
import { waitUntilConsistent } from './rest';

const clients = 8;
const readers = 2;
const readyWithinMs = 60_000;

/** Scenarios that need no fault and no operator. */
const scenarios: readonly Scenario[] = [
  'buy',
  'random_outcome',
  'declined',
  'processing',
  'cancel',
  'out_of_stock',
  'admin_cancel',
];

/** Replaces every process repeatedly, as a deployment does, while customers read and check out. */
export const rollingRestartPhase: Phase = async ({ options, random, shop: openShop, timeline, log }) => {
  const shop = await openShop();
  const { stack, send, admin, assortment } = shop;
  const customers = await registerCustomers(send, clients);
  const history = new History();
  let isFinished = false;
  const running = runCustomers({
    ...{ customers, admin, assortment, history, timeline, random: random.stream('crowd') },
    choose: (stream) => stream.pick(scenarios),
    isEnough: () => isFinished,
    retryLimits: { isExpired: () => false },
  });
  const reading = Promise.all(Array.from({ length: readers }, () => readRepeatedly(send, () => isFinished)));
  for (let round = 1; round <= options.restartsOfEach; round += 1) {
    log(`restart ${round} of ${options.restartsOfEach} of each process`);
    for (const service of random.shuffle(serviceNames.flatMap((name) => stack.replicas[name]))) {
      const end = timeline.unavailable(service.name, 'SIGTERM');
      await replace(shop, service);
      end();
    }
  }
  isFinished = true;
  const [{ checkouts }, reads] = await Promise.all([running, reading]);
  const failures = [...failedWrites(history), ...reads.flatMap(({ failed }) => failed)];
  const requests =
    history.operations.flatMap(({ responses }) => responses).length +
    reads.reduce((sum, { count }) => sum + count, 0);
  const restarts = options.restartsOfEach * serviceNames.flatMap((name) => stack.replicas[name]).length;
  return {
    results: [
      toInvariantResult(
        'no request fails during a rolling restart',
        `${restarts} restarts, ${options.restartsOfEach} of each of two processes of each service, under ${requests} requests in ${checkouts} checkouts and concurrent reads: ${failures.length} failed`,
        failures,
      ),
      ...(await checkHistoryInvariants(history, stack.databaseUrls.order, options.decline)),
      await waitUntilConsistent(stack.databaseUrls, { lastRestartAt: performance.now(), history }),
    ],
    counts: { responses: history.responseCounts() },
  };
};

/** Stops a process gracefully, starts it again and waits until the proxy sends it connections. */
async function replace({ network }: ChaosShop, service: StackService): Promise<void> {
  const { pid } = service;
  service.kill('SIGTERM');
  while (service.pid === pid) await pause(20);
  await restartAfterExit(service, pid);
  const timeoutAtMs = performance.now() + readyWithinMs;
  while (!network.proxies[service.name].readyTargets.includes(service.url)) {
    if (performance.now() > timeoutAtMs) throw new Error(`${service.url} did not become ready`);
    await pause(20);
  }
}

async function readRepeatedly(
  send: SendRequest,
  isFinished: () => boolean,
): Promise<{ count: number; failed: string[] }> {
  const failed: string[] = [];
  let count = 0;
  while (!isFinished()) {
    const { status, code } = await send({ method: 'GET', path: '/v1/products?limit=5' });
    count += 1;
    if (status !== 200) failed.push(`GET /v1/products: ${status ?? 'no response'} ${code ?? ''}`);
  }
  return { count, failed };
}

function failedWrites({ operations }: History): string[] {
  return operations.flatMap(({ kind, key, responses }) =>
    responses
      .filter(({ status, code }) => status === null || (status >= 500 && code !== 'idempotency_in_progress'))
      .map(({ status, code }) => `${kind} with key ${key}: ${status ?? 'no response'} ${code ?? ''}`),
  );
}
