import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LedgerCharge, SimulatorLedgerRepository } from './simulator-ledger.repository';

/** How the customer's authentication ends. */
export type SimulatedAuthentication = 'SUCCEEDED' | 'FAILED';

/** `ended`: the charge does not wait for a customer any more, and not because of this outcome. */
export type AuthenticationResult = { kind: 'done' | 'ended'; key: string } | { kind: 'unknown_secret' };

/** As a bank's page would say it; Stripe's payment_intent_authentication_failure is the same code. */
const failedCode = 'authentication_failed';

/** The shop has most likely shown its customer the waiting payment by then. */
const toldAfterMs = 100;

const outcomeOf: Record<SimulatedAuthentication, LedgerCharge['outcome'] & ('succeeded' | 'declined')> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'declined',
};

/** What the customer does at the simulated provider. Client secrets are derived from the key, so that none is stored. */
export class SimulatorAuthentication {
  /** @param secret signs client secrets; it should be one that customers do not know */
  constructor(
    private readonly ledger: SimulatorLedgerRepository,
    private readonly secret: string,
  ) {}

  clientSecretOf(key: string): string {
    return `${key}_secret_${this.signatureOf(key).toString('hex')}`;
  }

  /** Repeatable: the same outcome again changes nothing. */
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
