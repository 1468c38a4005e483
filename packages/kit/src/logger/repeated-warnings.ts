/** Fields of a log entry, including level and message. */
export type LogFields = Record<string, unknown>;

interface Repeats {
  fields: LogFields;
  count: number;
  sinceMs: number;
  ids: Map<string, string[]>;
  timer: NodeJS.Timeout;
}

const defaultRepeatWindowSeconds = 10;
/** Kinds of warnings that are counted at once; the oldest is written out when there is one more. */
const maximumKinds = 200;
/** Ids of one name that are kept of the repeats of one window. */
const maximumIds = 100;

const counting = new Set<RepeatedWarnings>();
process.once('exit', () => counting.forEach((warnings) => warnings.flush()));

/**
 * During an outage each request logs the same warning, about an order or payment of its own. The first one is written; those
 * within the window that differ in ids and figures only are counted and then written as one, with `repeated`, `inSeconds` and
 * their ids (`requestIds`, `orderIds`, …). What is still counted when the process ends is written then.
 */
export class RepeatedWarnings {
  private readonly repeats = new Map<string, Repeats>();

  /**
   * @param write gets one entry for all repeats of a window
   * @param windowSeconds 0 lets every warning be written
   */
  constructor(
    private readonly write: (summary: LogFields) => void,
    private readonly windowSeconds = defaultRepeatWindowSeconds,
  ) {}

  /** @returns whether to write the entry now */
  take(entry: LogFields): boolean {
    // A change of state is an event of its own: without one of them, the log would show the wrong state.
    if (this.windowSeconds === 0 || 'state' in entry) return true;
    const fields = Object.fromEntries(
      Object.entries(entry).filter(([name, value]) => !isOfOneRequest(name, value)),
    );
    const key = JSON.stringify(fields, withoutRequest);
    const known = this.repeats.get(key);
    if (!known) {
      this.begin(key, fields);
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

  private begin(key: string, fields: LogFields): void {
    const [oldest] = this.repeats.keys();
    if (oldest !== undefined && this.repeats.size >= maximumKinds) this.end(oldest);
    const timer = setTimeout(() => this.endWindow(key), this.windowSeconds * 1_000).unref();
    this.repeats.set(key, { fields, count: 0, sinceMs: performance.now(), ids: new Map(), timer });
  }

  /** A warning that goes on is counted further, so that an outage is one line each window. */
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

/** Ids, times and figures. An HTTP status is a number, too, but says what is wrong. */
function isOfOneRequest(name: string, value: unknown): boolean {
  if (/^ids?$|Ids?$/.test(name) || name === 'timestamp' || name === 'stack') return true;
  return typeof value === 'number' && !/(status|code)$/i.test(name);
}

function withoutRequest(name: string, value: unknown): unknown {
  if (isOfOneRequest(name, value)) return undefined;
  return typeof value === 'string' ? withoutIdsInText(value) : value;
}

/** Messages of errors quote ids (UUIDs, pi_3Nk…: long words with a digit) and durations. */
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
