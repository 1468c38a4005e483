/** Fields of a log entry, including level and message. */
export type LogFields = Record<string, unknown>;

interface Repeats {
  fields: LogFields;
  count: number;
  sinceMs: number;
  requestIds: string[];
  timer: NodeJS.Timeout;
}

const windowMs = 10_000;
/** Maximum number of counted warnings; above it the oldest is written. */
const maximumKinds = 200;
/** Maximum number of request IDs per window. */
const maximumRequestIds = 100;

/** Fields that are ignored when warnings are compared. */
const ofOneRequest: ReadonlySet<string> = new Set(['requestId', 'traceId', 'timestamp']);

const counting = new Set<RepeatedWarnings>();
process.once('exit', () => counting.forEach((warnings) => warnings.flush()));

/**
 * During an outage each request logs the same warning. The first one is written; equal ones within
 * 10 s are counted and then written as one entry, with `repeated`, `inSeconds` and their request IDs.
 * Pending counts are written when the process exits.
 */
export class RepeatedWarnings {
  private readonly repeats = new Map<string, Repeats>();

  /** @param write receives one entry for all repeats of a window */
  constructor(private readonly write: (summary: LogFields) => void) {}

  /** @returns whether to write the entry now */
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

  /** Writes all pending counts. */
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

  /** Starts the next window if the warning was repeated, so that an outage logs a line per 10 s. */
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

/** Stacks of equal errors differ in their async frames. */
function withoutStacks(name: string, value: unknown): unknown {
  return name === 'stack' ? undefined : value;
}
