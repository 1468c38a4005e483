import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { recordOf, serviceNames, type Stack } from '@shop/local-stack/stack';
import { openBenchShop } from './bench-shop';
import { assertNoFailures, closedLoop, withConnections } from './checkout/closed-loop';
import { customersOf } from './checkout/customer';
import { createProducts } from './checkout/measured-shop';
import { pssMbOf } from './checkout/process-stats';
import type { BenchReport } from './report';

/** PSS of the Node processes at one time. */
export interface MemorySample {
  /** Since the start of the load; 0 is idle. */
  seconds: number;
  pssMb: Record<(typeof serviceNames)[number], number>;
}

const clients = 8;
const limitsMb = { idle: 600, loaded: 900 };
/** Allowed growth over the second half of the load. */
const growthShare = 0.05;

/** Memory of the five processes when idle and under a mixed load. */
export async function memory(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '10' } } });
  log('starting the shop');
  const shop = await openBenchShop({ seedProducts: 1_000, userEnv: { BCRYPT_COST: '10' } });
  try {
    const options = { idleMs: 30_000, durationMs: Number(values.minutes) * 60_000, samples: 20 };
    return memoryReport(await measureMemory(shop.stack, options, log));
  } finally {
    await shop.close();
  }
}

/** @param options.samples under load, at equal distances */
export async function measureMemory(
  stack: Stack,
  options: { idleMs: number; durationMs: number; samples: number },
  log: (line: string) => void,
): Promise<MemorySample[]> {
  const newToken = tokensOf(stack);
  const productIds = await createProducts(stack, 20);
  await pause(options.idleMs);
  const samples = [sampleOf(stack, 0)];
  for (let sample = 1; sample <= options.samples; sample += 1) {
    await sendMixedLoad({ stack, newToken, productIds, durationMs: options.durationMs / options.samples });
    const measured = sampleOf(stack, ((sample / options.samples) * options.durationMs) / 1_000);
    samples.push(measured);
    log(`${Math.round(measured.seconds)} s: ${totalMb(measured)} MB`);
  }
  return samples;
}

/** Half of the clients buy, through GraphQL; the others read the catalogue through REST. */
async function sendMixedLoad(input: {
  stack: Stack;
  newToken: () => string;
  productIds: readonly string[];
  durationMs: number;
}): Promise<void> {
  const { stack, newToken, productIds, durationMs } = input;
  await withConnections(stack.gatewayUrl, clients, async (connections) => {
    const buy = customersOf({ connections, newToken, api: 'GraphQL', productIds });
    const work = async (client: number) => {
      if (client % 2 === 0) return buy(client);
      const { status } = await connections[client]!.send({ method: 'GET', path: '/v1/products?limit=20' });
      if (status !== 200) throw new Error(`GET /v1/products: ${status}`);
    };
    assertNoFailures(await closedLoop({ clients, durationMs, work }));
  });
}

function tokensOf({ dataDir }: Stack): () => string {
  const { current } = readKeyRing(join(dataDir, 'keys', 'signing'));
  const names = { issuer: 'supergraph-shop', audience: 'supergraph-shop' };
  const signer = createTokenSigner({ currentKey: () => current, ...names });
  return () => signer.sign({ userId: randomUUID(), role: 'CUSTOMER', sessionId: randomUUID() });
}

function sampleOf({ services }: Stack, seconds: number): MemorySample {
  return { seconds, pssMb: recordOf(serviceNames, (name) => pssMbOf(services[name].pid as number)) };
}

const totalMb = ({ pssMb }: MemorySample) => Object.values(pssMb).reduce((sum, value) => sum + value, 0);

export function memoryReport(samples: readonly MemorySample[]): BenchReport {
  const idle = samples[0] as MemorySample;
  const last = samples.at(-1) as MemorySample;
  const middle = samples[Math.floor(samples.length / 2)] as MemorySample;
  const growth = totalMb(last) / totalMb(middle) - 1;
  return {
    title: `PSS of the five Node processes, idle and under ${Math.round(last.seconds / 60)} minutes of mixed load`,
    columns: ['seconds of load', ...serviceNames.map((name) => `${name} MB`), 'all MB'],
    rows: samples.map((sample) => [
      Math.round(sample.seconds),
      ...serviceNames.map((name) => sample.pssMb[name]),
      totalMb(sample),
    ]),
    limits: [
      {
        text: `idle at most ${limitsMb.idle} MB: ${totalMb(idle)} MB`,
        isMet: totalMb(idle) <= limitsMb.idle,
      },
      {
        text: `after the load at most ${limitsMb.loaded} MB: ${totalMb(last)} MB`,
        isMet: totalMb(last) <= limitsMb.loaded,
      },
      {
        text: `grows by at most ${growthShare * 100} % over the second half: ${(growth * 100).toFixed(1)} %`,
        isMet: growth <= growthShare,
      },
    ],
    notes: [
      'PSS of /proc/<pid>/smaps_rollup: pages that processes share are divided between them.',
      `The load is ${clients} clients in a closed loop: half of them buy, the others read the catalogue.`,
    ],
    details: { samples },
  };
}
