/** Fields of a log entry, including level and message. */
export type LogFields = Record<string, unknown>;

interface Repeats {
  fields: LogFields;
  /** Entries that are still written one by one. */
  singles: number;
  count: number;
  sinceMs: number;
  ids: Map<string, string[]>;
  timer: NodeJS.Timeout;
}

const defaultRepeatWindowSeconds = 10;
/** Maximum kinds of warnings counted at once; one more writes out the oldest. */
const maximumKinds = 200;
/** Errors are often individual, so equal ones are only aggregated when there are more in a window. */
const singleErrors = 20;
/** Maximum IDs per field that are kept in one window. */
const maximumIds = 100;

const counting = new Set<RepeatedWarnings>();
process.once('exit', () => counting.forEach((warnings) => warnings.flush()));

/**
 * Aggregates repeated warnings, because each request logs the same warning during an outage. The
 * first is written; those in the window that differ only in IDs and numbers are counted and written
 * as one entry with `repeated`, `inSeconds` and the IDs (`requestIds`, `orderIds`, …). Of equal
 * errors the first 20 are written, or one with `isAggregated: true`. Pending counts are written at
 * exit.
 */
export class RepeatedWarnings {
  private readonly repeats = new Map<string, Repeats>();

  /**
   * @param write called with one entry for all repeats of a window
   * @param windowSeconds 0 writes every warning
   */
  constructor(
    private readonly write: (summary: LogFields) => void,
    private readonly windowSeconds = defaultRepeatWindowSeconds,
  ) {}

  /** @returns whether to write the entry now */
  take(entry: LogFields): boolean {
    // Changes of state are never aggregated, so that the log shows the current state.
    if (this.windowSeconds === 0 || 'state' in entry) return true;
    const fields = Object.fromEntries(
      Object.entries(entry).filter(([name, value]) => !isOfOneRequest(name, value)),
    );
    const key = JSON.stringify(fields, withoutRequest);
    const known = this.repeats.get(key);
    if (!known) {
      const isSingle = entry['level'] === 'error' && entry['isAggregated'] !== true;
      this.begin(key, fields, isSingle ? singleErrors - 1 : 0);
      return true;
    }
    if (known.singles > 0) {
      known.singles -= 1;
      return true;
    }
    known.count += 1;
    counting.add(this);
    collectIds(entry, known.ids);
    return false;
  }

  /** Writes all pending counts. */
  flush(): void {
    for (const key of [...this.repeats.keys()]) this.end(key);
    counting.delete(this);
  }

  private begin(key: string, fields: LogFields, singles = 0): void {
    const [oldest] = this.repeats.keys();
    if (oldest !== undefined && this.repeats.size >= maximumKinds) this.end(oldest);
    const timer = setTimeout(() => this.endWindow(key), this.windowSeconds * 1_000).unref();
    this.repeats.set(key, { fields, singles, count: 0, sinceMs: performance.now(), ids: new Map(), timer });
  }

  /** What repeats is still counted, so an outage is one line per window. */
  private endWindow(key: string): void {
    const ended = this.end(key);
    if (ended && ended.count > 0) this.begin(key, ended.fields);
  }

  private end(key: string): Repeats | undefined {
    const ended = this.repeats.get(key);
    if (!ended) return undefined;
    this.repeats.delete(key);
    clearTimeout(ended.timer);
    const { fields, count, sinceMs, ids } = ended;
    const inSeconds = Math.max(1, Math.round((performance.now() - sinceMs) / 1_000));
    if (count > 0) this.write({ ...fields, repeated: count, inSeconds, ...Object.fromEntries(ids) });
    return ended;
  }
}

/** IDs, times and numbers, except HTTP statuses and codes, which identify the problem. */
function isOfOneRequest(name: string, value: unknown): boolean {
  if (/^ids?$|(Id|_id)s?$/.test(name) || name === 'timestamp' || name === 'stack') return true;
  return typeof value === 'number' && !/(status|code)$/i.test(name);
}

function withoutRequest(name: string, value: unknown): unknown {
  if (isOfOneRequest(name, value)) return undefined;
  return typeof value === 'string' ? withoutIdsInText(value) : value;
}

/** Error messages contain IDs (UUIDs, pi_3Nk…: long words with a digit) and durations. */
function withoutIdsInText(text: string): string {
  return text
    .replace(/[\w-]{8,}/g, (word) => (/\d/.test(word) ? '#' : word))
    .replace(/\b\d[\d.,]* ?(ms|s)\b/g, '# $1');
}

function collectIds(entry: LogFields, ids: Map<string, string[]>): void {
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value !== 'string' || name === 'traceId' || !/^id$|Id$/.test(name)) continue;
    const listed = ids.get(`${name}s`) ?? [];
    if (listed.length < maximumIds) ids.set(`${name}s`, [...listed, value]);
  }
}
