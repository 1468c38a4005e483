export interface SharedReadsLimits {
  /** How long an answer, or an error, is shared after it came. */
  keepMs: number;
  maximumInProgress: number;
  /** Above this number, an answer is shared only while its read is in progress. */
  maximumKept: number;
}

/** Coalesces concurrent and repeated reads of the same key in this process. */
export class SharedReads<T> {
  private readonly reads = new Map<string, Promise<T>>();
  private inProgress = 0;

  /** @param tooMany the error of a read beyond `maximumInProgress` */
  constructor(
    private readonly limits: SharedReadsLimits,
    private readonly tooMany: () => Error,
  ) {}

  read(key: string, call: () => Promise<T>): Promise<T> {
    const shared = this.reads.get(key);
    if (shared) return shared;
    if (this.inProgress >= this.limits.maximumInProgress) return Promise.reject(this.tooMany());
    this.inProgress += 1;
    const read = call().finally(() => {
      this.inProgress -= 1;
      this.forgetLater(key);
    });
    this.reads.set(key, read);
    return read;
  }

  private forgetLater(key: string): void {
    const forget = () => this.reads.delete(key);
    if (this.reads.size > this.limits.maximumKept) forget();
    else setTimeout(forget, this.limits.keepMs).unref();
  }
}
