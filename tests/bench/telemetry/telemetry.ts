import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { otlpEnvironment, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { assertNoFailures, closedLoop, withConnections } from '../checkout/closed-loop';
import { customersOf } from '../checkout/customer';
import { type MeasuredShop, openMeasuredShop } from '../checkout/measured-shop';
import { resumeServices, suspendServices } from '../../counters/suspension';
import type { BenchReport } from '../report';
import { type Case, cases, type CheckoutRun, type QueryRun, telemetryReport } from './summary';

const onePercent = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
/** Nothing listens on it: the port is reserved. */
const closedPort = 'http://127.0.0.1:1';
const [clients, customers] = [16, 8];
/**
 * The speed of the machine drifts by more than the limits within a minute: many short measurements
 * that alternate between the shops, each compared with its neighbours.
 */
const queryRunsPerRound = 8;
const [queryMs, checkoutMs, warmUpMs] = [1_500, 10_000, 6_000];

/** What telemetry costs requests, by the state of the collector. */
export async function telemetry(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '5' }, baseline: { type: 'string' } },
  });
  const [receiver, hanging] = await Promise.all([
    startOtlpReceiver(),
    startOtlpReceiver({ isHanging: true }),
  ]);
  const settings: Readonly<Record<Case, Record<string, string>>> = {
    baseline: {},
    off: {},
    sampled: { ...receiver.env, ...onePercent },
    absent: { ...otlpEnvironment(closedPort), ...onePercent },
    hanging: { ...hanging.env, ...onePercent },
  };
  const shops: { case: Case; shop: MeasuredShop }[] = [];
  try {
    for (const name of cases.filter((wanted) => wanted !== 'baseline' || values.baseline)) {
      log(`starting ${name}`);
      const folder = name === 'baseline' ? values.baseline : undefined;
      const shop = await openMeasuredShop(name, { env: settings[name], ...(folder && { folder }) });
      shops.push({ case: name, shop });
      await query(shop, warmUpMs);
      await buy(shop, warmUpMs);
      suspendServices(shop.stack);
    }
    const queries: QueryRun[] = [];
    const checkouts: CheckoutRun[] = [];
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      for (let run = 1; run <= queryRunsPerRound; run += 1)
        for (const { case: name, shop } of run % 2 === 0 ? shops.toReversed() : shops)
          queries.push({
            case: name,
            group: `${round}.${run}`,
            ...(await resumed(shop, () => query(shop, queryMs))),
          });
      for (const { case: name, shop } of round % 2 === 0 ? shops.toReversed() : shops) {
        const run = { case: name, round, ...(await resumed(shop, () => buy(shop, checkoutMs))) };
        log(`round ${round}, ${name}: ${run.latenciesMs.length} checkouts, ${run.memoryMb} MB`);
        checkouts.push(run);
      }
    }
    return telemetryReport({
      queries,
      checkouts,
      received: receiver.spans.length,
      attempts: hanging.requests,
    });
  } finally {
    for (const { shop } of shops) {
      resumeServices(shop.stack);
      await shop.close();
    }
    await Promise.all([receiver.close(), hanging.close()]);
  }
}

/** Time for timers that expired during the suspension: they close idle connections and poll. */
const settleMs = 500;

// `suspend` and `resume` of the shop would wait for the counters of PostgreSQL, which are not read here.
async function resumed<Result>(shop: MeasuredShop, work: () => Promise<Result>): Promise<Result> {
  resumeServices(shop.stack);
  await pause(settleMs);
  const result = await work();
  suspendServices(shop.stack);
  return result;
}

/** The gateway answers `{ __typename }` without a subgraph. */
async function query({ stack, cpuMs }: MeasuredShop, durationMs: number) {
  const request = { method: 'POST', path: '/graphql', body: { query: '{ __typename }' } } as const;
  const before = cpuMs().gateway;
  const loop = await withConnections(stack.gatewayUrl, clients, (connections) =>
    closedLoop({
      clients,
      durationMs,
      work: async (client) => {
        const { status } = await connections[client]!.send(request);
        if (status !== 200) throw new Error(`POST /graphql: ${status}`);
      },
    }),
  );
  assertNoFailures(loop);
  const cpuUs = ((cpuMs().gateway - before) * 1_000) / loop.latenciesMs.length;
  return { perSecond: loop.perSecond, cpuUs };
}

async function buy(shop: MeasuredShop, durationMs: number) {
  const { newToken, productIds } = shop;
  const { latenciesMs } = await withConnections(shop.stack.gatewayUrl, customers, async (connections) => {
    const work = customersOf({ connections, newToken, api: 'GraphQL', productIds });
    const loop = await closedLoop({ clients: customers, durationMs, work });
    assertNoFailures(loop);
    return loop;
  });
  await shop.untilDone();
  const { postgres: _postgres, ...memory } = shop.memoryMb();
  return { latenciesMs, memoryMb: Object.values(memory).reduce((sum, megabytes) => sum + megabytes, 0) };
}
