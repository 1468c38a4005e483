import { AppError } from '@shop/kit/errors';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type {
  SimulatedAuthentication,
  SimulatorAuthentication,
} from '../providers/simulator/simulator-authentication';

export type SimulatedAuthenticationResult =
  { kind: 'DONE' | 'ENDED'; payment: Payment } | { kind: 'UNKNOWN_SECRET' };

/** What a customer does on a bank's page, for payments of the simulator. */
export class SimulatedAuthenticationService {
  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      /** Undefined where the simulator takes no payments. */
      authentication: SimulatorAuthentication | undefined;
    },
  ) {}

  /** @throws AppError not_found where the simulator takes no payments */
  async complete(
    clientSecret: string,
    outcome: SimulatedAuthentication,
  ): Promise<SimulatedAuthenticationResult> {
    const { authentication, payments } = this.needs;
    if (!authentication)
      throw new AppError('not_found', 'There is no simulator here: PAYMENT_PROVIDER is another provider.');
    const result = await authentication.complete(clientSecret, outcome);
    if (result.kind === 'unknown_secret') return { kind: 'UNKNOWN_SECRET' };
    const payment = await payments.findByProviderKey('simulator', result.key);
    if (!payment) return { kind: 'UNKNOWN_SECRET' };
    return { kind: result.kind === 'done' ? 'DONE' : 'ENDED', payment };
  }
}
