/** Who tries; what is undefined is not counted. */
export interface Attempt {
  /** Normalised email, whether or not there is such an account. */
  account: string | undefined;
  /** The client's network address. */
  address: string | undefined;
}

/** The attempt was not made. */
export interface RefusedAttempt {
  kind: 'rejected';
  /** At least 1. */
  retryAfterSeconds: number;
}

export type AttemptOutcome<Result> =
  { kind: 'succeeded'; result: Result } | { kind: 'failed' } | RefusedAttempt;

/** Slows down what is dear or can be guessed, by account and by address. What throws (something of ours does not work) counts as none. */
export interface AttemptThrottle {
  /**
   * Runs `authenticate`, unless too many attempts have failed. Null is a failed attempt. Success clears the account's count, not the
   * address's: else one account of one's own would open the way to all others.
   */
  attempt<Result>(who: Attempt, authenticate: () => Promise<Result | null>): Promise<AttemptOutcome<Result>>;
  /** Runs `act`, unless it ran too often. Every time counts, whatever it answers. */
  spend<Result>(
    who: Attempt,
    act: () => Promise<Result>,
  ): Promise<{ kind: 'done'; result: Result } | RefusedAttempt>;
}
