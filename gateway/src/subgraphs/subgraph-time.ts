/** The time in which an operation has at least one fetch from a subgraph in progress. */
export class SubgraphTime {
  private inProgress = 0;
  private sinceMs = 0;
  private endedMs = 0;

  begin(): void {
    if (this.inProgress === 0) this.sinceMs = performance.now();
    this.inProgress += 1;
  }

  end(): void {
    this.inProgress -= 1;
    if (this.inProgress === 0) this.endedMs += performance.now() - this.sinceMs;
  }

  totalMs(): number {
    return this.inProgress === 0 ? this.endedMs : this.endedMs + performance.now() - this.sinceMs;
  }
}
