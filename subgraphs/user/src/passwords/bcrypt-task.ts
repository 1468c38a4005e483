/** What a worker thread of the password hasher does. */
export type BcryptTask =
  { kind: 'hash'; password: string; cost: number } | { kind: 'compare'; password: string; hash: string };

/** The hash, or whether the password is the one of the hash. */
export type BcryptResult<Task extends BcryptTask> = Task extends { kind: 'hash' } ? string : boolean;

/** A task with the time (milliseconds since 1970) after which nobody waits for it any more. */
export type QueuedBcryptTask = BcryptTask & { uselessAfter: number };
