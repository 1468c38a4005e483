import { parseArgs } from 'node:util';
import { otlpEnvironment, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { assertNoFailures, closedLoop, withConnections } from '../checkout/closed-loop';
import { customersOf } from '../checkout/customer';
import { type MeasuredShop, openMeasuredShop } from '../checkout/measured-shop';
import type { BenchReport } from '../report';
import { percentile } from '../statistics';
import { type Case, cases, type Measurement, telemetryReport } from './summary';

const onePercent = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
/** Nothing listens on it: the port is reserved. */
const closedPort = 'http://127.0.0.1:1';
const [clients, customers] = [16, 8];
const [queryMs, checkoutMs, warmUpMs] = [8_000, 10_000, 4_000];

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
      await loads(shop, warmUpMs, warmUpMs);
      await shop.suspend();
    }
    const measured: Measurement[] = [];
    for (let round = 1; round <= Number(values.rounds); round += 1)
      for (const each of round % 2 === 0 ? shops.toReversed() : shops) {
        const found = { case: each.case, round, ...(await measure(each.shop)) };
        log(JSON.stringify(found));
        measured.push(found);
      }
    return telemetryReport(measured, { received: receiver.spans.length, attempts: hanging.requests });
  } finally {
    for (const { shop } of shops) {
      await shop.resume();
      await shop.close();
    }
    await Promise.all([receiver.close(), hanging.close()]);
  }
}

async function measure(shop: MeasuredShop) {
  await shop.resume();
  const { perSecond, latenciesMs } = await loads(shop, queryMs, checkoutMs);
  const { postgres: _postgres, ...memory } = shop.memoryMb();
  await shop.suspend();
  return {
    perSecond,
    p99Ms: percentile(latenciesMs, 0.99),
    checkouts: latenciesMs.length,
    memoryMb: Object.values(memory).reduce((sum, megabytes) => sum + megabytes, 0),
  };
}

async function loads(shop: MeasuredShop, queriesForMs: number, checkoutsForMs: number) {
  const { gatewayUrl } = shop.stack;
  const { perSecond } = await withConnections(gatewayUrl, clients, async (connections) => {
    const query = { method: 'POST', path: '/graphql', body: { query: '{ __typename }' } } as const;
    const work = async (client: number) => {
      const { status } = await connections[client]!.send(query);
      if (status !== 200) throw new Error(`POST /graphql: ${status}`);
    };
    const loop = await closedLoop({ clients, durationMs: queriesForMs, work });
    assertNoFailures(loop);
    return loop;
  });
  const { latenciesMs } = await withConnections(gatewayUrl, customers, async (connections) => {
    const { newToken, productIds } = shop;
    const work = customersOf({ connections, newToken, api: 'GraphQL', productIds });
    const loop = await closedLoop({ clients: customers, durationMs: checkoutsForMs, work });
    assertNoFailures(loop);
    return loop;
  });
  await shop.untilDone();
  return { perSecond, latenciesMs };
}
