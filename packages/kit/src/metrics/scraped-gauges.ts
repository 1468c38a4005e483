import { answerWithin } from '../deadline';
import { counter, forgetMetric, gauge } from './registry';

export interface ScrapedGauges<Name extends string> {
  /** Name of each gauge, and what it tells. */
  gauges: Readonly<Record<Name, string>>;
  /** All values at once, for example by one statement. Null: there is nothing to tell just now. */
  read: () => Promise<Readonly<Record<Name, number | null>>>;
  /** For how long what was read serves further scrapes. Default 10 seconds. */
  freshMs?: number;
  /** Longest wait of a scrape. Default one second. */
  timeoutMs?: number;
}

/**
 * Gauges that are read when somebody looks. However many look, at most one reading is under way, and none begins while the
 * last is fresh. What cannot be read in time is left out of the scrape and counted: an old figure would hide that.
 */
export function exposeGauges<Name extends string>(options: ScrapedGauges<Name>): void {
  const { gauges, timeoutMs = 1_000 } = options;
  const latest = readSeldom(options);
  const failures = counter({
    name: 'metrics_read_failures_total',
    help: 'Scrapes that could not read a figure of the database in time.',
  });
  const late = () => new Error(`no answer within ${timeoutMs} ms`);
  for (const [name, help] of Object.entries<string>(gauges) as [Name, string][]) {
    // A service that is started again in the same process brings a new way to read.
    forgetMetric(name);
    gauge({
      name,
      help,
      async collect() {
        try {
          const value = (await answerWithin(timeoutMs, latest(), late))[name];
          if (value === null) this.remove();
          else this.set(value);
        } catch {
          failures.inc();
          this.remove();
        }
      },
    });
  }
}

function readSeldom<Value>({ read, freshMs = 10_000 }: { read: () => Promise<Value>; freshMs?: number }) {
  let reading: Promise<Value> | undefined;
  let known: { value: Value; readAtMs: number } | undefined;
  return async (): Promise<Value> => {
    if (known && performance.now() - known.readAtMs < freshMs) return known.value;
    reading ??= read()
      .then((value) => {
        known = { value, readAtMs: performance.now() };
        return value;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
}
