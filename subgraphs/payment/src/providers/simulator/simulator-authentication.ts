import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ActionEnd, SimulatorLedgerRepository } from './simulator-ledger.repository';

/** The outcome of the customer's authentication. */
export type SimulatedAuthentication = 'SUCCEEDED' | 'FAILED';

/** `ENDED`: the authentication has already ended with another outcome. */
interface AuthenticationResult {
  kind: 'DONE' | 'ENDED';
  key: string;
}

/** Delays the webhook until the shop has returned REQUIRES_ACTION to the customer. */
const announceAfterMs = 100;

const ends: Record<SimulatedAuthentication, ActionEnd> = {
  SUCCEEDED: { outcome: 'succeeded', failureCode: null, announceAfterMs },
  // Stripe's payment_intent_authentication_failure is mapped to the same code.
  FAILED: { outcome: 'declined', failureCode: 'authentication_failed', announceAfterMs },
};

/** Ends simulated authentications. Client secrets are derived from the key, so none is stored. */
export class SimulatorAuthentication {
  /** @param secret signs client secrets; must not be public */
  constructor(
    private readonly ledger: SimulatorLedgerRepository,
    private readonly secret: string,
  ) {}

  clientSecretOf(key: string): string {
    return `${key}_secret_${this.signatureOf(key).toString('hex')}`;
  }

  /** Null for an unknown secret. Idempotent for the same outcome. */
  async complete(
    clientSecret: string,
    outcome: SimulatedAuthentication,
  ): Promise<AuthenticationResult | null> {
    const key = this.keyOf(clientSecret);
    if (key === null) return null;
    const end = ends[outcome];
    if (await this.ledger.endAction(key, end)) return { kind: 'DONE', key };
    const charge = await this.ledger.findCharge(key);
    if (!charge) return null;
    const isRepeat = charge.outcome === end.outcome && charge.failureCode === end.failureCode;
    return { kind: isRepeat ? 'DONE' : 'ENDED', key };
  }

  private keyOf(clientSecret: string): string | null {
    const [, key, signature] = /^([0-9a-f-]{36}:\d{1,9})_secret_([0-9a-f]{64})$/i.exec(clientSecret) ?? [];
    if (key === undefined || signature === undefined) return null;
    return timingSafeEqual(this.signatureOf(key), Buffer.from(signature, 'hex')) ? key : null;
  }

  private signatureOf(key: string): Buffer {
    return createHmac('sha256', this.secret).update(`client secret of ${key}`).digest();
  }
}
