/**
 * How long one request of a client waits for the subgraphs. All its reads share one limit, from the first on: two subgraphs that
 * hang, one after the other, cost the client no more than one. A mutation has a limit of its own, and the reads that show what came of it
 * start again: otherwise a slow success would be reported as a failure.
 */
export class RequestBudget {
  private readsEndMs: number | undefined;
  private mutations = 0;

  /** A mutation was answered; what fails from here on is only the showing. */
  get hasMutated(): boolean {
    return this.mutations > 0;
  }

  /** A subgraph was called, or a mutation was answered. */
  get hasBegun(): boolean {
    return this.readsEndMs !== undefined || this.hasMutated;
  }

  /** When the request's reads must be over, as a time of `performance.now()`. */
  readDeadlineMs(limitMs: number): number {
    this.readsEndMs ??= performance.now() + limitMs;
    return this.readsEndMs;
  }

  mutationWasAnswered(): void {
    this.mutations += 1;
    this.readsEndMs = undefined;
  }
}
