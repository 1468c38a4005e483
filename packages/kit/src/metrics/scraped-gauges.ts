import type { Gauge } from 'prom-client';
import { rejectAfter } from '../deadline';
import { counter, document, forgetMetric, gauge } from './registry';

/** A value, or one value for each value of the label. */
type GaugeReading = number | null | Readonly<Record<string, number>>;

export interface GaugeDefinitions<Name extends string> {
  /** What one reading reads, for example `outbox`: value of a label, and a field of log entries. */
  reader: string;
  /** Help text by name of the gauge. */
  gauges: Readonly<Record<Name, string>>;
  /** Label name; its values are the keys of the record that `read` returns. */
  label?: string;
  /** These values, for docs/metrics.md. */
  labelValues?: string;
  /** When a process has the gauges, if not always. */
  condition?: string;
}

export interface ScrapedGauges<Name extends string> extends GaugeDefinitions<Name> {
  /** All values, for example by one statement. Null or an empty record: no value at this scrape. */
  read: () => Promise<Readonly<Record<Name, GaugeReading>>>;
  /** How long a reading is reused for further scrapes. Default 10 seconds. */
  freshMs?: number;
  /** Maximum wait of a scrape. Default one second. */
  timeoutMs?: number;
  /** Time limit of a reading; after it the next scrape starts another one. Default 10 seconds. */
  readTimeoutMs?: number;
}

/**
 * Documents gauges that `registerGauges` registers later. Call it when the module is loaded, as
 * `counter`.
 */
export function defineGauges<Name extends string>(
  definitions: GaugeDefinitions<Name>,
): GaugeDefinitions<Name> {
  const { gauges, label, labelValues = '', condition } = definitions;
  const labels = label === undefined ? {} : { [label]: labelValues };
  for (const [name, help] of Object.entries<string>(gauges))
    document({ name, help, labels, ...(condition === undefined ? {} : { condition }) });
  return definitions;
}

const failures = counter({
  name: 'metrics_read_failures_total',
  help: 'Readings of gauges, for example from the database, that failed or were too late for a scrape.',
  labels: { reader: 'what is read: names in the code, for example outbox, due_rows' },
});

type ReadFailureListener = (reader: string, error: unknown) => void;

let onReadFailure: ReadFailureListener = () => undefined;

/** Calls `listener` for each failed or late reading from now on; it replaces the former listener. */
export function onFailedReadings(listener: ReadFailureListener): void {
  onReadFailure = listener;
}

/** Maximum age of a late reading that replaces a slow one. */
const longestLateMs = 2 * 60_000;

/**
 * Gauges that are read on scrape. At most one reading is in progress, and none starts while the
 * last one is fresh. A reading that fails or exceeds the timeout is counted once, however many
 * gauges and scrapes wait for it; its gauges are omitted from the scrape unless an earlier late
 * reading is recent enough. After a failed reading, or one that never ends, the next scrape starts
 * another one.
 */
export function registerGauges<Name extends string>(options: ScrapedGauges<Name>): void {
  const { reader, gauges, label, labelValues = '', condition } = options;
  failures.inc({ reader }, 0);
  const onFailure = (error: unknown) => {
    failures.inc({ reader });
    onReadFailure(reader, error);
  };
  const latest = readSeldom({ ...options, onFailure });
  for (const [name, help] of Object.entries<string>(gauges) as [Name, string][]) {
    // A service that is restarted in the same process passes a new `read`.
    forgetMetric(name);
    const labels: Record<string, string> = label === undefined ? {} : { [label]: labelValues };
    gauge({ name, help, labels, ...(condition === undefined ? {} : { condition }) }, async function () {
      try {
        const value = (await latest())[name];
        clear(this, label);
        if (typeof value === 'number') this.set(value);
        else if (value !== null && label !== undefined) setEach(this, label, value);
      } catch {
        clear(this, label);
      }
    });
  }
}

function readSeldom<Value>(options: {
  read: () => Promise<Value>;
  freshMs?: number;
  timeoutMs?: number;
  readTimeoutMs?: number;
  /** Called at most once per reading. */
  onFailure: (error: unknown) => void;
}) {
  const { read, freshMs = 10_000, timeoutMs = 1_000, readTimeoutMs = 10_000, onFailure } = options;
  let reading: Promise<Value> | undefined;
  let isReported = false;
  let known: { value: Value; readAtMs: number } | undefined;
  const isYounger = (ageMs: number) => known !== undefined && performance.now() - known.readAtMs < ageMs;

  function reportOnce(error: unknown): void {
    if (!isReported) onFailure(error);
    isReported = true;
  }

  async function begin(): Promise<Value> {
    isReported = false;
    try {
      const tooLong = () => new Error(`not read within ${readTimeoutMs} ms`);
      const value = await rejectAfter(readTimeoutMs, read(), tooLong);
      known = { value, readAtMs: performance.now() };
      return value;
    } catch (error) {
      known = undefined;
      reportOnce(error);
      throw error;
    } finally {
      reading = undefined;
    }
  }

  return async (): Promise<Value> => {
    if (known && isYounger(freshMs)) return known.value;
    reading ??= begin();
    const lateError = new Error(`no result within ${timeoutMs} ms`);
    try {
      return await rejectAfter(timeoutMs, reading, () => lateError);
    } catch (error) {
      if (error !== lateError) throw error;
      reportOnce(error);
      if (!known || !isYounger(longestLateMs)) throw error;
      return known.value;
    }
  };
}

/** `reset` leaves a 0 in a gauge without labels; `remove` requires a value for each label. */
function clear(gauge: Gauge, label: string | undefined): void {
  if (label === undefined) gauge.remove();
  else gauge.reset();
}

function setEach(gauge: Gauge, label: string, values: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
}
