/** Fields of a log entry, its level and message among them. */
export type LogFields = Record<string, unknown>;

interface Repeats {
  fields: LogFields;
  count: number;
  sinceMs: number;
  requestIds: string[];
  timer: NodeJS.Timeout;
}

const windowMs = 10_000;
/** Kinds of warnings that are counted at once; the oldest is written out when there is one more. */
const maximumKinds = 200;
/** Request ids that are kept of the repeats of one window. */
const maximumRequestIds = 100;

/** What differs between warnings that are equal otherwise. */
const ofOneRequest: ReadonlySet<string> = new Set(['requestId', 'traceId', 'timestamp']);

const counting = new Set<RepeatedWarnings>();
process.once('exit', () => counting.forEach((warnings) => warnings.flush()));

/**
 * During an outage each request logs the same warning. The first one is written; equal ones within 10 s are counted and then
 * written as one, with `repeated`, `inSeconds` and the ids of their requests. What is still counted when the process ends is
 * written then.
 */
export class RepeatedWarnings {
  private readonly repeats = new Map<string, Repeats>();

  /** @param write gets one entry for all repeats of a window */
  constructor(private readonly write: (summary: LogFields) => void) {}

  /** @returns whether the entry is to be written now */
  take(entry: LogFields): boolean {
    const fields = Object.fromEntries(Object.entries(entry).filter(([name]) => !ofOneRequest.has(name)));
    const key = JSON.stringify(fields, withoutStacks);
    const known = this.repeats.get(key);
    if (!known) {
      this.begin(key, fields);
      return true;
    }
    known.count += 1;
    counting.add(this);
    const { requestId } = entry;
    if (typeof requestId === 'string' && known.requestIds.length < maximumRequestIds)
      known.requestIds.push(requestId);
    return false;
  }

  /** Writes what is counted. */
  flush(): void {
    for (const key of [...this.repeats.keys()]) this.end(key);
    counting.delete(this);
  }

  private begin(key: string, fields: LogFields): void {
    const [oldest] = this.repeats.keys();
    if (oldest !== undefined && this.repeats.size >= maximumKinds) this.end(oldest);
    const timer = setTimeout(() => this.endWindow(key), windowMs).unref();
    this.repeats.set(key, { fields, count: 0, sinceMs: performance.now(), requestIds: [], timer });
  }

  /** A warning that goes on is counted further, so that an outage is one line each 10 s. */
  private endWindow(key: string): void {
    const ended = this.end(key);
    if (ended && ended.count > 0) this.begin(key, ended.fields);
  }

  private end(key: string): Repeats | undefined {
    const ended = this.repeats.get(key);
    if (!ended) return undefined;
    this.repeats.delete(key);
    clearTimeout(ended.timer);
    const { fields, count, sinceMs, requestIds } = ended;
    const inSeconds = Math.max(1, Math.round((performance.now() - sinceMs) / 1_000));
    if (count > 0)
      this.write({ ...fields, repeated: count, inSeconds, ...(requestIds.length > 0 && { requestIds }) });
    return ended;
  }
}

/** Equal errors differ in where they were awaited. */
function withoutStacks(name: string, value: unknown): unknown {
  return name === 'stack' ? undefined : value;
}
