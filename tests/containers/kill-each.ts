import { setTimeout as pause } from 'node:timers/promises';
import {
  adminPassword,
  containerServices,
  gatewayUrl,
  killContainer,
  waitUntilHealthy,
} from '@shop/local-stack/containers';
import { logInAs } from '../chaos/clients/account';
import { registerCustomers, runCustomers } from '../chaos/clients/run-customers';
import { requestsTo } from '../chaos/clients/request';
import { chooseScenario, type Scenario } from '../chaos/clients/scenario';
import { History } from '../chaos/history/history';
import { Timeline } from '../chaos/observation/timeline';
import { createRandom, type Random } from '../chaos/random/random';
import { createAssortment } from '../chaos/shop/assortment';
import { reconcileContainers } from './reconcile';

const clients = 6;
/** Load before the first kill and between two kills. */
const undisturbedMs = 3_000;
/** Retries of the clients end this long after the last kill; an outcome that is unknown then is a failure. */
const retriesAfterKillsMs = 120_000;

/**
 * Kills every container once by SIGKILL while customers check out, starts it again, and reconciles
 * when all checkouts have ended.
 *
 * @throws if an outcome stays unknown, a repeat contradicts a response, or reconcile finds a breach
 */
export async function killEach(log: (line: string) => void): Promise<void> {
  const send = requestsTo(await gatewayUrl());
  const email = process.env['ADMIN_EMAIL'] || 'admin@shop.example';
  const admin = await logInAs(send, { email, password: await adminPassword() });
  const assortment = await createAssortment(admin);
  const customers = await registerCustomers(send, clients);
  const history = new History();
  let lastKillMs = Infinity;
  const load = runCustomers({
    ...{ customers, admin, assortment, history, timeline: new Timeline() },
    random: createRandom('kill-each'),
    choose: chooseFinishing,
    isEnough: () => lastKillMs < Infinity,
    retryLimits: { isExpired: () => performance.now() > lastKillMs + retriesAfterKillsMs },
  });
  const kills = killAll(history, log).finally(() => (lastKillMs = performance.now()));
  const [{ checkouts }] = await Promise.all([load, kills]);
  log(`${checkouts} checkouts; responses: ${JSON.stringify(history.responseCounts())}`);
  const open = history.operations.filter(({ outcome, kind }) => outcome === 'unknown' && kind !== 'pay');
  const contradicted = history.operations.flatMap(({ contradictions }) => contradictions);
  if (open.length > 0 || contradicted.length > 0)
    throw new Error(
      `${open.length} outcomes are unknown; contradictions: ${contradicted.join('; ') || 'none'}`,
    );
  log(`ok  reconcile: ${await reconcileContainers()}`);
}

/** These end only after minutes, or by a command of an operator. */
const unfinished: ReadonlySet<Scenario> = new Set(['leave', 'authentication_abandoned', 'refund_failed']);

function chooseFinishing(random: Random): Scenario {
  const scenario = chooseScenario(random, []);
  return unfinished.has(scenario) ? 'buy' : scenario;
}

async function killAll(history: History, log: (line: string) => void): Promise<void> {
  for (const service of containerServices) {
    await pause(undisturbedMs);
    const before = history.operations.length;
    const killedMs = performance.now();
    await killContainer(service);
    await waitUntilHealthy(service);
    const seconds = ((performance.now() - killedMs) / 1_000).toFixed(1);
    log(`ok  ${service}: killed after ${before} operations, healthy after ${seconds} s`);
  }
}
