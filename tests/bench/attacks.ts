import { rest } from '@shop/testkit/http';
import { type BenchShop, openBenchShop } from './bench-shop';
import { median, metric, percentile, rounded } from './figures';
import type { BenchReport } from './report';

const times = 50;
const warmUps = 300;
const limitMs = 50;

/** One body that is to be refused; `turn` makes each text new, so that nothing is remembered. */
type Attack = (turn: number) => unknown;

const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const query =
  (text: string): Attack =>
  (turn) => ({ query: `${text} # ${turn}` });
const nested = (levels: number, open: string, inmost: string, close: string) =>
  open.repeat(levels) + inmost + close.repeat(levels);

/** Named for what they attack. A document is looked at by all guards in one pass, so what is refused first may be something else in it. */
const attacks: Readonly<Record<string, Attack>> = {
  'cost: lists in lists': query(
    '{ orders(first: 100) { nodes { user { orders(first: 100) { nodes { items { product { id } } } } } } } }',
  ),
  'depth: 300 fields': query(
    `{ orders { ${nested(75, 'nodes { user { orders { ', 'nodes { id }', ' } } }')} } }`,
  ),
  'aliases: 320': query(`{ me { ${many(320, (index) => `a${index}: id`)} } }`),
  'root fields: 240': query(`{ ${many(240, () => 'me { id }')} }`),
  'directives: 130': query(`{ me { ${many(65, () => 'id @include(if: true) @skip(if: false)')} } }`),
  'log-ins: 5 at once': query(
    `mutation { ${many(5, (index) => `a${index}: login(input: { email: "a@example.com", password: "${index}" }) { __typename }`)} }`,
  ),
  'tokens: 256 KB of names': query(`{ ${'a '.repeat(125_000)} }`),
  'tokens: 250 KB of brackets': query('{'.repeat(250_000)),
  'tokens: behind a text of 250 KB': query(
    `{ product(id: "${'x'.repeat(250_000)}") { ${'id '.repeat(1_000)} } }`,
  ),
  'fragments: a circle': query('query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
  'fragments: 2^60 fields': query(
    `{ ...F0 } ${many(60, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Query { __typename }`,
  ),
  'conflicts: 310 fields of one name, all alike but the last': query(
    `{ me { ${many(310, () => 'x: id')} x: email } }`,
  ),
  'conflicts: 12 lists of 24 fields, compared pair by pair': query(
    `{ ${many(12, () => `products { nodes { ${many(24, () => 'x: id')} } }`)} products { nodes { x: sku } } }`,
  ),
  'conflicts: 60 lists of one name, no two with the same argument': query(
    `{ me { ${many(60, (index) => `orders(first: ${index + 1}) { nodes { id } }`)} } }`,
  ),
  'introspection: deeper than tools ask': query(
    `{ __schema { types { ${nested(60, 'fields { type { ', 'name', ' } }')} } } }`,
  ),
  'a batch of 5,000': (turn) => Array.from({ length: 5_000 }, () => ({ query: `{ __typename } # ${turn}` })),
  'variables: 200 KB for an ID': (turn) => ({
    query: `query ($id: ID!) { product(id: $id) { id } } # ${turn}`,
    variables: { id: Array.from({ length: 100_000 }, (_, index) => index % 10) },
  }),
  'broken JSON: 200 KB of brackets': () => '['.repeat(200_000),
};

/** What the refusal of an attack costs the gateway. */
export async function attackCosts(say: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 10 });
  try {
    await measure(shop, query('{ __typename }'), warmUps);
    const plain = await measure(shop, query('{ __typename }'));
    const measured: (Measured & { name: string })[] = [];
    for (const [name, attack] of Object.entries(attacks)) {
      const figure = { name, ...(await measure(shop, attack)) };
      measured.push(figure);
      say(JSON.stringify(figure));
    }
    return reportOf(plain, measured);
  } finally {
    await shop.close();
  }
}

interface Measured {
  medianMs: number;
  p95Ms: number;
  /** With whatever the garbage collector and the compiler did meanwhile, on threads of their own. */
  maximumMs: number;
  statuses: number[];
  /** Of the first refusal. */
  message: string;
}

/** The gateway's CPU time for one request, of all its threads, with that of one look at its metrics. */
async function measure({ stack, metricsUrls }: BenchShop, attack: Attack, count = times): Promise<Measured> {
  const cpuMs = async () => (await metric(metricsUrls.gateway, 'process_cpu_seconds_total')) * 1_000;
  const statuses = new Set<number>();
  const costs: number[] = [];
  let message = '';
  for (let turn = 0; turn < count; turn += 1) {
    const body = attack(turn);
    const before = await cpuMs();
    const answer = await rest(stack.gatewayUrl)<Refusal>('POST', '/graphql', { body });
    costs.push((await cpuMs()) - before);
    statuses.add(answer.status);
    message ||= answer.body.errors?.[0]?.message ?? 'none';
  }
  return {
    medianMs: rounded(median(costs)),
    p95Ms: rounded(percentile(costs, 0.95)),
    maximumMs: rounded(Math.max(...costs)),
    statuses: [...statuses],
    message: message.replaceAll('|', '\\|').slice(0, 90),
  };
}

interface Refusal {
  errors?: { message: string }[];
}

function reportOf(plain: Measured, measured: readonly (Measured & { name: string })[]): BenchReport {
  const dearest = Math.max(...measured.map(({ medianMs }) => medianMs));
  const dearestSingle = Math.max(...measured.map(({ maximumMs }) => maximumMs));
  const otherwise = measured.filter(({ statuses }) => statuses.some((status) => status !== 400));
  return {
    title: `What refusing an attack costs the gateway, of ${times} each, a look at its metrics included; { __typename } costs ${plain.medianMs} ms`,
    columns: ['attack', 'CPU ms, p50', 'p95', 'maximum', 'status', 'the first refusal says'],
    rows: measured.map(({ name, medianMs, p95Ms, maximumMs, statuses, message }) => [
      ...[name, medianMs, p95Ms, maximumMs],
      ...[statuses.join(', '), message],
    ]),
    promises: [
      {
        text: `every attack is answered with 400: ${otherwise.map(({ name }) => name).join('; ') || 'all are'}`,
        isKept: otherwise.length === 0,
      },
      {
        text: `within ${limitMs} ms of CPU: ${dearest} ms for the dearest attack, the median of ${times}; single ones took up to ${dearestSingle} ms, with the garbage collector and the compiler of all threads`,
        isKept: dearest <= limitMs,
      },
    ],
  };
}
