import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { type BenchShop, openBenchShop } from '../bench-shop';
import type { BenchReport } from '../report';
import { acceptedDocuments } from './accepted-documents';
import { fillShop } from './filled-shop';
import { type Measured, measure, noError, type Target } from './measure';
import { randomDocument, seededRandom } from './random-documents';
import { type Attack, graphqlAttacks, query, restAttacks } from './rejected-documents';

const rejectedTimes = 50;
const acceptedTimes = 10;
const randomDocuments = 300;
const warmUps = 300;
const rejectedLimitMs = 50;
const acceptedLimitMs = 500;

type Named = Measured & { name: string };

/** CPU time of rejected attacks, and of the most expensive documents within the limits. */
export async function attackCosts(log: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 1_000 });
  try {
    const filled = await fillShop(shop.stack);
    const gateway = { shop, processes: ['gateway'] } as const;
    const everything = { shop, processes: Object.keys(shop.metricsUrls), token: filled.token } as Target;
    await measure(gateway, query('{ __typename }'), warmUps);
    const plain = await measure(gateway, query('{ __typename }'), rejectedTimes);
    const measureAll = async (target: Target, attacks: Readonly<Record<string, Attack>>, times: number) => {
      const measured: Named[] = [];
      for (const [name, attack] of Object.entries(attacks)) {
        const result = { name, ...(await measure(target, attack, times)) };
        measured.push(result);
        log(JSON.stringify(result));
      }
      return measured;
    };
    const rejected = [
      ...(await measureAll(gateway, graphqlAttacks, rejectedTimes)),
      ...(await measureAll({ ...gateway, path: '/v1/orders' }, restAttacks, rejectedTimes)),
    ];
    const accepted = [
      ...(await measureAll(everything, acceptedDocuments(filled.orderId), acceptedTimes)),
      ...(await measureAll(
        { ...everything, method: 'GET', path: '/v1/orders?limit=100' },
        { 'REST: 100 orders with 100 lines': () => undefined },
        acceptedTimes,
      )),
    ];
    const found = await mostExpensiveRandomDocument(shop, log);
    return reportOf(plain, rejected, accepted, found);
  } finally {
    await shop.close();
  }
}

/** Measures each random document once; the most expensive one is measured again. */
async function mostExpensiveRandomDocument(shop: BenchShop, log: (line: string) => void): Promise<Named> {
  const sdl = readFileSync(join(process.cwd(), 'gateway', 'api-schema.graphql'), 'utf8');
  const schema = buildSchema(sdl);
  const random = seededRandom(1);
  const target = { shop, processes: ['gateway'] } as const;
  let mostExpensive: { text: string; costMs: number } | undefined;
  for (let count = 0; count < randomDocuments; count += 1) {
    const text = randomDocument(schema, random);
    const { medianMs: costMs } = await measure(target, query(text), 1);
    if (!mostExpensive || costMs > mostExpensive.costMs) mostExpensive = { text, costMs };
  }
  const text = mostExpensive?.text ?? '';
  const name = `random: the most expensive of ${randomDocuments} documents, without a token`;
  const result = { name, ...(await measure(target, query(text), acceptedTimes)) };
  log(JSON.stringify({ ...result, text }));
  return result;
}

function reportOf(plain: Measured, rejected: Named[], accepted: Named[], found: Named): BenchReport {
  const notRejected = rejected.filter(({ statuses }) =>
    statuses.some((status) => status < 400 || status >= 500),
  );
  const notAccepted = accepted.filter(
    ({ statuses, message }) => message !== noError || statuses.some((status) => status !== 200),
  );
  const mostExpensive = (measured: Named[]) => Math.max(...measured.map(({ medianMs }) => medianMs));
  const single = Math.max(...rejected.map(({ maximumMs }) => maximumMs));
  const names = (measured: Named[]) => measured.map(({ name }) => name).join('; ') || 'all do';
  return {
    title: `CPU time of the gateway for each rejection (median of ${rejectedTimes}), and of all five processes for each response (median of ${acceptedTimes}); reading the metrics is included, { __typename } costs ${plain.medianMs} ms`,
    columns: ['document', 'CPU ms, p50', 'p95', 'maximum', 'status', 'first error'],
    rows: [...rejected, ...accepted, found].map(({ name, medianMs, p95Ms, maximumMs, statuses, message }) => [
      ...[name, medianMs, p95Ms, maximumMs],
      ...[statuses.join(', '), message],
    ]),
    limits: [
      {
        text: `every attack returns a 4xx status: ${names(notRejected)}`,
        isMet: notRejected.length === 0,
      },
      {
        text: `a rejection costs at most ${rejectedLimitMs} ms of CPU: ${mostExpensive(rejected)} ms for the most expensive, the median of ${rejectedTimes}; single requests took up to ${single} ms, including garbage collection and compilation on all threads`,
        isMet: mostExpensive(rejected) <= rejectedLimitMs,
      },
      {
        text: `every document within the limits returns no error: ${names(notAccepted)}`,
        isMet: notAccepted.length === 0,
      },
      {
        text: `a response costs at most ${acceptedLimitMs} ms of CPU in all processes together: ${mostExpensive([...accepted, found])} ms for the most expensive, the median of ${acceptedTimes}`,
        isMet: mostExpensive([...accepted, found]) <= acceptedLimitMs,
      },
    ],
  };
}
