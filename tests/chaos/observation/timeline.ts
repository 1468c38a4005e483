/** A fault at one moment. */
export interface Mark {
  atMs: number;
  kind: 'kill' | 'fault';
  service: string;
  label: string;
}

/** A period: an outage of a service, or a phase of the run. */
export interface Span {
  fromMs: number;
  toMs: number;
  name: string;
}

export interface TimelineRecord {
  durationMs: number;
  checkoutsPerSecond: number[];
  marks: Mark[];
  outages: Span[];
  phases: Span[];
}

/** Events of the run. All times are milliseconds since its start. */
export class Timeline {
  private readonly startedAt = performance.now();
  private readonly finished: number[] = [];
  private readonly marks: Mark[] = [];
  private readonly outages: Span[] = [];
  private readonly phases: Span[] = [];

  now(): number {
    return performance.now() - this.startedAt;
  }

  /** Number of checkouts finished so far. */
  get checkouts(): number {
    return this.finished.length;
  }

  checkoutFinished(): void {
    this.finished.push(this.now());
  }

  fault(service: string, label: string): void {
    this.marks.push({ atMs: this.now(), kind: 'fault', service, label });
  }

  /** Records a kill. Call the returned function when the service is available again. */
  outage(service: string, label: string): () => void {
    const fromMs = this.now();
    this.marks.push({ atMs: fromMs, kind: 'kill', service, label });
    return () => void this.outages.push({ fromMs, toMs: this.now(), name: service });
  }

  /** Records a fault that makes a service unavailable. Call the returned function when it has ended. */
  unavailable(service: string, label: string): () => void {
    const fromMs = this.now();
    this.fault(service, label);
    return () => void this.outages.push({ fromMs, toMs: this.now(), name: service });
  }

  phase(name: string): () => void {
    const fromMs = this.now();
    return () => void this.phases.push({ fromMs, toMs: this.now(), name });
  }

  record(): TimelineRecord {
    const durationMs = this.now();
    const checkoutsPerSecond = Array.from({ length: Math.ceil(durationMs / 1_000) }, () => 0);
    for (const atMs of this.finished) checkoutsPerSecond[Math.floor(atMs / 1_000)]! += 1;
    const { marks, outages, phases } = this;
    return { durationMs, checkoutsPerSecond, marks, outages, phases };
  }
}
