import type { FailureLimit } from './failure-limit';

/** Origin of an attempt. What is undefined is not counted. */
export interface Attempt {
  /** Normalised email, whether or not there is such an account. */
  account: string | undefined;
  /** The client's network address. */
  address: string | undefined;
}

/** `broken`: the service failed, which says nothing about the client. */
export type AttemptEnd = 'succeeded' | 'failed' | 'broken';

export type Admission =
  /** `scope`: whose failures are the reason. */
  | { kind: 'rejected'; scope: 'account' | 'address'; waitMs: number }
  /** The attempt is in progress until `leave` is called, once. */
  | { kind: 'admitted'; leave(end: AttemptEnd): Promise<void> };

/** Admits and counts attempts. */
export interface AttemptStore {
  enter(who: Attempt): Promise<Admission>;
}

/** Counts failures, and by account also attempts in progress: many people may share an address. */
export class CountingAttemptStore implements AttemptStore {
  constructor(
    private readonly accounts: FailureLimit,
    private readonly addresses: FailureLimit,
  ) {}

  async enter(who: Attempt): Promise<Admission> {
    const { account, address } = who;
    const [accountMs, addressMs] = await Promise.all([
      account === undefined ? 0 : this.accounts.waitMs(account),
      address === undefined ? 0 : this.addresses.waitMs(address),
    ]);
    const waitMs = Math.max(accountMs, addressMs);
    if (waitMs > 0) return { kind: 'rejected', scope: accountMs > 0 ? 'account' : 'address', waitMs };
    if (account === undefined) return { kind: 'admitted', leave: (end) => this.record(who, end) };
    const reserved = await this.accounts.reserve(account);
    if (typeof reserved === 'number') return { kind: 'rejected', scope: 'account', waitMs: reserved };
    return {
      kind: 'admitted',
      leave: async (end) => {
        if (end === 'broken') return reserved.cancel();
        if (end === 'succeeded') return this.accounts.clear(account);
        await reserved.fail();
        if (address !== undefined) await this.addresses.add(address);
      },
    };
  }

  /** Counts the end of an attempt that was not reserved here. */
  async record({ account, address }: Attempt, end: AttemptEnd): Promise<void> {
    if (end === 'succeeded' && account !== undefined) await this.accounts.clear(account);
    if (end !== 'failed') return;
    if (account !== undefined) await this.accounts.add(account);
    if (address !== undefined) await this.addresses.add(address);
  }
}
