import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { type BenchShop, openBenchShop } from '../bench-shop';
import type { BenchReport } from '../report';
import { answeredDocuments } from './answered-documents';
import { fillShop } from './filled-shop';
import { type Measured, measure, noError, type Target } from './measure';
import { randomDocument, seededRandom } from './random-documents';
import { type Attack, graphqlAttacks, query, restAttacks } from './refused-documents';

const refusedTimes = 50;
const answeredTimes = 10;
const randomDocuments = 300;
const warmUps = 300;
const refusedLimitMs = 50;
const answeredLimitMs = 500;

type Named = Measured & { name: string };

/** CPU time of rejected attacks, and of the most expensive documents within the limits. */
export async function attackCosts(say: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 1_000 });
  try {
    const filled = await fillShop(shop.stack);
    const gateway = { shop, processes: ['gateway'] } as const;
    const everything = { shop, processes: Object.keys(shop.metricsUrls), token: filled.token } as Target;
    await measure(gateway, query('{ __typename }'), warmUps);
    const plain = await measure(gateway, query('{ __typename }'), refusedTimes);
    const measureAll = async (target: Target, attacks: Readonly<Record<string, Attack>>, times: number) => {
      const measured: Named[] = [];
      for (const [name, attack] of Object.entries(attacks)) {
        const figure = { name, ...(await measure(target, attack, times)) };
        measured.push(figure);
        say(JSON.stringify(figure));
      }
      return measured;
    };
    const refused = [
      ...(await measureAll(gateway, graphqlAttacks, refusedTimes)),
      ...(await measureAll({ ...gateway, path: '/v1/orders' }, restAttacks, refusedTimes)),
    ];
    const responded = [
      ...(await measureAll(everything, answeredDocuments(filled.orderId), answeredTimes)),
      ...(await measureAll(
        { ...everything, method: 'GET', path: '/v1/orders?limit=100' },
        { 'REST: 100 orders with 100 lines': () => undefined },
        answeredTimes,
      )),
    ];
    const found = await dearestRandomDocument(shop, say);
    return reportOf(plain, refused, responded, found);
  } finally {
    await shop.close();
  }
}

/** Measures each random document once; the most expensive one is measured again. */
async function dearestRandomDocument(shop: BenchShop, say: (line: string) => void): Promise<Named> {
  const sdl = readFileSync(join(process.cwd(), 'gateway', 'api-schema.graphql'), 'utf8');
  const schema = buildSchema(sdl);
  const random = seededRandom(1);
  const target = { shop, processes: ['gateway'] } as const;
  let dearest: { text: string; costMs: number } | undefined;
  for (let count = 0; count < randomDocuments; count += 1) {
    const text = randomDocument(schema, random);
    const { medianMs: costMs } = await measure(target, query(text), 1);
    if (!dearest || costMs > dearest.costMs) dearest = { text, costMs };
  }
  const text = dearest?.text ?? '';
  const name = `random: the most expensive of ${randomDocuments} documents, without a token`;
  const figure = { name, ...(await measure(target, query(text), answeredTimes)) };
  say(JSON.stringify({ ...figure, text }));
  return figure;
}

function reportOf(plain: Measured, refused: Named[], responded: Named[], found: Named): BenchReport {
  const notRefused = refused.filter(({ statuses }) =>
    statuses.some((status) => status < 400 || status >= 500),
  );
  const notAnswered = responded.filter(
    ({ statuses, message }) => message !== noError || statuses.some((status) => status !== 200),
  );
  const dearest = (measured: Named[]) => Math.max(...measured.map(({ medianMs }) => medianMs));
  const single = Math.max(...refused.map(({ maximumMs }) => maximumMs));
  const names = (measured: Named[]) => measured.map(({ name }) => name).join('; ') || 'all are';
  return {
    title: `CPU time of the gateway for each rejection (median of ${refusedTimes}), and of all five processes for each response (median of ${answeredTimes}); reading the metrics is included, { __typename } costs ${plain.medianMs} ms`,
    columns: ['document', 'CPU ms, p50', 'p95', 'maximum', 'status', 'the first error says'],
    rows: [...refused, ...responded, found].map(({ name, medianMs, p95Ms, maximumMs, statuses, message }) => [
      ...[name, medianMs, p95Ms, maximumMs],
      ...[statuses.join(', '), message],
    ]),
    promises: [
      {
        text: `every attack is answered with 4xx: ${names(notRefused)}`,
        isKept: notRefused.length === 0,
      },
      {
        text: `a rejection costs at most ${refusedLimitMs} ms of CPU: ${dearest(refused)} ms for the most expensive, the median of ${refusedTimes}; single requests took up to ${single} ms, including garbage collection and compilation on all threads`,
        isKept: dearest(refused) <= refusedLimitMs,
      },
      {
        text: `every document within the limits is answered without an error: ${names(notAnswered)}`,
        isKept: notAnswered.length === 0,
      },
      {
        text: `a response costs at most ${answeredLimitMs} ms of CPU in all processes together: ${dearest([...responded, found])} ms for the most expensive, the median of ${answeredTimes}`,
        isKept: dearest([...responded, found]) <= answeredLimitMs,
      },
    ],
  };
}
