/** Who tries to sign in; what is undefined is not counted. */
export interface LoginAttempt {
  /** Normalised email, whether or not there is such an account. */
  account: string | undefined;
  /** The client's network address. */
  address: string | undefined;
}

export type AttemptOutcome<Result> =
  | { kind: 'succeeded'; result: Result }
  | { kind: 'failed' }
  /** The attempt was not made. */
  | { kind: 'refused'; retryAfterSeconds: number };

/** Slows the guessing of passwords down, by account and by address. */
export interface LoginThrottle {
  /**
   * Runs `authenticate`, unless too many attempts have failed. Null is a failed attempt; one that throws (something of
   * ours does not work) counts as none. Success clears the account's count, not the address's: else one account of one's
   * own would open the way to all others.
   */
  attempt<Result>(
    who: LoginAttempt,
    authenticate: () => Promise<Result | null>,
  ): Promise<AttemptOutcome<Result>>;
}
