export interface SharedReadsLimits {
  /** How long a result or error is shared after it was received. */
  keepMs: number;
  maximumInProgress: number;
  /** Above this number, a result is shared only while its read is in progress. */
  maximumKept: number;
}

/** Coalesces concurrent and repeated reads of the same key in this process. */
export class SharedReads<T> {
  private readonly reads = new Map<string, Promise<T>>();
  private inProgress = 0;

  /** @param tooMany creates the error of a read beyond `maximumInProgress` */
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
      this.expireLater(key);
    });
    this.reads.set(key, read);
    return read;
  }

  private expireLater(key: string): void {
    const remove = () => this.reads.delete(key);
    if (this.reads.size > this.limits.maximumKept) remove();
    else setTimeout(remove, this.limits.keepMs).unref();
  }
}
