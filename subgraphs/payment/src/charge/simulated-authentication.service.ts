import { AppError } from '@shop/kit/errors';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type {
  SimulatedAuthentication,
  SimulatorAuthentication,
} from '../providers/simulator/simulator-authentication';

export type SimulatedAuthenticationResult =
  { kind: 'DONE' | 'ENDED'; payment: Payment } | { kind: 'UNKNOWN_SECRET' };

/** Ends simulated authentications, as the customer would on the page of a bank. */
export class SimulatedAuthenticationService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      /** Undefined unless PAYMENT_PROVIDER is simulator. */
      authentication: SimulatorAuthentication | undefined;
    },
  ) {}

  /** @throws AppError not_found unless PAYMENT_PROVIDER is simulator */
  async complete(
    clientSecret: string,
    outcome: SimulatedAuthentication,
  ): Promise<SimulatedAuthenticationResult> {
    const { authentication, payments } = this.needs;
    if (!authentication)
      throw new AppError('not_found', 'Simulating an authentication requires PAYMENT_PROVIDER=simulator.');
    const result = await authentication.complete(clientSecret, outcome);
    const payment = result && (await payments.findByProviderKey('simulator', result.key));
    return payment ? { kind: result.kind, payment } : { kind: 'UNKNOWN_SECRET' };
  }
}
