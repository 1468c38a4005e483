import { parseArgs } from 'node:util';
import type { Stack } from '@shop/local-stack/stack';
import { openBenchShop } from '../bench-shop';
import { cpuMsOf } from '../checkout/process-stats';
import type { BenchReport } from '../report';
import { percentile } from '../statistics';
import { type Candidate, type CandidateName, candidateNames, startCandidates } from './candidates';
import { checkAnswers } from './equal-answers';
import { type LoadGenerator, startLoadGenerator } from './load-generator';
import { type MeasuredOperation, openFixture } from './operations';
import { type GatewayRun, gatewayReport } from './summary';

export interface GatewayOptions {
  rounds: number;
  gateways: readonly CandidateName[];
  /** Part of the names of the operations. Default: all. */
  operation?: string | undefined;
  baseline?: string | undefined;
  durationMs: number;
  warmUpMs: number;
}

/** Few, so that the gateway is not the only process that works. */
const clients = 4;

/** The gateway's CPU time for a request, beside that of other gateways over the same subgraphs. */
export async function gateway(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const options = gatewayOptions(args);
  log('starting the shop');
  const shop = await openBenchShop({ seedProducts: 1_000 });
  try {
    return gatewayReport(await measureGateways(shop.stack, options, log));
  } finally {
    await shop.close();
  }
}

function gatewayOptions(args: readonly string[]): GatewayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      operation: { type: 'string' },
      baseline: { type: 'string' },
      duration: { type: 'string', default: '1500' },
    },
  });
  const wanted = values.only?.split(',') ?? candidateNames.filter((name) => name !== 'baseline');
  const unknown = wanted.find((name) => !candidateNames.some((known) => known === name));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: no such gateway. Choose of ${candidateNames.join(', ')}.`);
  return {
    rounds: Number(values.rounds),
    gateways: candidateNames.filter(
      (name) => wanted.includes(name) || (name === 'baseline' && values.baseline !== undefined),
    ),
    operation: values.operation,
    baseline: values.baseline,
    durationMs: Number(values.duration),
    warmUpMs: 2 * Number(values.duration),
  };
}

/** @throws Error if the gateways do not give the same answers */
export async function measureGateways(
  stack: Stack,
  options: GatewayOptions,
  log: (line: string) => void,
): Promise<{ runs: GatewayRun[]; bytes: ReadonlyMap<string, number> }> {
  const { operations: all, newToken } = await openFixture(stack);
  const operations = all.filter(({ name }) => name.includes(options.operation ?? ''));
  const candidates = await startCandidates(stack, options.gateways, options.baseline);
  const generator = startLoadGenerator();
  const headersOf = () => ({ authorization: `Bearer ${newToken()}` });
  try {
    const bytes = new Map<string, number>();
    for (const operation of operations)
      bytes.set(operation.name, await checkAnswers(candidates, operation, headersOf()));
    log(`${candidates.length} gateways give the same answers to ${operations.length} operations`);
    const measure = (candidate: Candidate, operation: MeasuredOperation, durationMs: number) =>
      measureOne({ generator, candidate, operation, headers: headersOf(), durationMs });
    for (const operation of operations)
      for (const candidate of candidates) await measure(candidate, operation, options.warmUpMs);
    const runs: GatewayRun[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      const ordered = round % 2 === 0 ? candidates.toReversed() : candidates;
      for (const operation of operations)
        for (const candidate of ordered)
          runs.push({ round, ...(await measure(candidate, operation, options.durationMs)) });
      log(`round ${round} of ${options.rounds}`);
    }
    return { runs, bytes };
  } finally {
    generator.close();
    await Promise.all(candidates.map((candidate) => candidate.stop()));
  }
}

async function measureOne(input: {
  generator: LoadGenerator;
  candidate: Candidate;
  operation: MeasuredOperation;
  headers: Record<string, string>;
  durationMs: number;
}): Promise<Omit<GatewayRun, 'round'>> {
  const { generator, candidate, operation, headers, durationMs } = input;
  const { query, variables } = operation;
  const before = cpuMsOf(candidate.pid);
  const { latenciesMs, perSecond } = await generator.run({
    ...{ url: candidate.url, headers, clients, durationMs },
    body: JSON.stringify({ query, variables }),
  });
  return {
    gateway: candidate.name,
    operation: operation.name,
    requests: latenciesMs.length,
    cpuMs: (cpuMsOf(candidate.pid) - before) / latenciesMs.length,
    perSecond,
    p99Ms: percentile(latenciesMs, 0.99),
  };
}
