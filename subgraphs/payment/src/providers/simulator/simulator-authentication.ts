import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LedgerCharge, SimulatorLedgerRepository } from './simulator-ledger.repository';

/** The outcome of the customer's authentication. */
export type SimulatedAuthentication = 'SUCCEEDED' | 'FAILED';

/** `ended`: the authentication has already ended with another outcome. */
export type AuthenticationResult = { kind: 'done' | 'ended'; key: string } | { kind: 'unknown_secret' };

/** Stripe's payment_intent_authentication_failure is mapped to the same code. */
const failedCode = 'authentication_failed';

/** Long enough for the shop to return REQUIRES_ACTION to the customer first. */
const toldAfterMs = 100;

const outcomeOf: Record<SimulatedAuthentication, LedgerCharge['outcome'] & ('succeeded' | 'declined')> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'declined',
};

/** Ends simulated authentications. Client secrets are derived from the key, so none is stored. */
export class SimulatorAuthentication {
  /** @param secret signs client secrets; customers should not know it */
  constructor(
    private readonly ledger: SimulatorLedgerRepository,
    private readonly secret: string,
  ) {}

  clientSecretOf(key: string): string {
    return `${key}_secret_${this.signatureOf(key).toString('hex')}`;
  }

  /** Idempotent for the same outcome. */
  async complete(clientSecret: string, outcome: SimulatedAuthentication): Promise<AuthenticationResult> {
    const key = this.keyOf(clientSecret);
    if (key === null) return { kind: 'unknown_secret' };
    const end = { outcome: outcomeOf[outcome], toldAfterMs };
    const isEnded = await this.ledger.endAction(
      key,
      end.outcome === 'declined' ? { ...end, failureCode: failedCode } : end,
    );
    if (isEnded) return { kind: 'done', key };
    const charge = await this.ledger.findCharge(key);
    if (!charge) return { kind: 'unknown_secret' };
    const isRepeat =
      charge.outcome === end.outcome && (outcome === 'SUCCEEDED' || charge.failureCode === failedCode);
    return { kind: isRepeat ? 'done' : 'ended', key };
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
