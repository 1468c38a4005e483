import type { BenchReport } from '../report';
import { median, percentile, rounded } from '../statistics';

/** Measurements of a catalogue of one size. */
export interface CatalogueRun {
  products: number;
  latenciesMs: Readonly<Record<'GraphQL' | 'REST', Readonly<Record<string, readonly number[]>>>>;
  /** Of the table of products, during the measurement. */
  sequentialScans: number;
}

const ratioLimit = 1.3;

export function catalogueReport(runs: readonly CatalogueRun[]): BenchReport {
  const [small, large] = [runs[0], runs.at(-1)] as [CatalogueRun, CatalogueRun];
  const lists = (['GraphQL', 'REST'] as const).flatMap((api) =>
    Object.keys(small.latenciesMs[api]).map((shape) => {
      const of = (run: CatalogueRun) => run.latenciesMs[api][shape] ?? [];
      return { name: `${api}, ${shape}`, of, ratio: median(of(large)) / median(of(small)) };
    }),
  );
  const slower = lists.filter(({ ratio }) => ratio > ratioLimit);
  return {
    title: `Latency of the lists of products at ${small.products} and ${large.products} products, one request at a time`,
    columns: [
      'list',
      ...runs.flatMap(({ products }) => [`p50 ms at ${products}`, 'p99 ms']),
      'ratio of the p50',
    ],
    rows: lists.map(({ name, of, ratio }) => [
      name,
      ...runs.flatMap((run) => [rounded(median(of(run))), rounded(percentile(of(run), 0.99))]),
      rounded(ratio),
    ]),
    limits: [
      {
        text: `the p50 of every list at ${large.products} products is at most ${ratioLimit} of that at ${small.products}: exceeded by ${slower.map(({ name, ratio }) => `${name} (${rounded(ratio)})`).join('; ') || 'none'}`,
        isMet: slower.length === 0,
      },
      {
        text: `no sequential scan of the table at ${large.products} products: ${large.sequentialScans}`,
        isMet: large.sequentialScans === 0,
      },
    ],
    notes: [
      `Sequential scans are counted by PostgreSQL (pg_stat_user_tables) during the measurement; at ${small.products} products, where they can be the fastest plan: ${small.sequentialScans}.`,
      'Pages deep in the list have two products, because the small catalogue has only as many pages.',
    ],
    details: { runs },
  };
}
