import type { Viewer } from '@shop/kit/auth';
import { rejectAfter, timeLeftMs } from '@shop/kit/deadline';
import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import DataLoader from 'dataloader';
import { type Payment, toChargeRequest } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import { type NextAction, ProviderTimeout } from '../providers/payment-provider';
import type { Providers } from '../providers/providers';
import type {
  SimulatedAuthentication,
  SimulatorAuthentication,
} from '../providers/simulator/simulator-authentication';

/** Coalesces concurrent and repeated reads of the same key in this process. */
export class SharedReads<T> {
  private readonly reads = new Map<string, Promise<T>>();
  private inProgress = 0;

  /** @param tooMany creates the error of a read beyond `maximumInProgress` */
  constructor(
    private readonly limits: {
      /** How long a result or error is shared after it was received. */
      keepMs: number;
      maximumInProgress: number;
      /** Above this number, a result is shared only while its read is in progress. */
      maximumKept: number;
    },
    private readonly tooMany: () => Error,
  ) {}

  read(key: string, call: () => Promise<T>): Promise<T> {
    const shared = this.reads.get(key);
    if (shared) return shared;
    if (this.inProgress >= this.limits.maximumInProgress) return Promise.reject(this.tooMany());
    this.inProgress += 1;
    const read = call().finally(() => {
      this.inProgress -= 1;
      this.expireLater(key);
    });
    this.reads.set(key, read);
    return read;
  }

  private expireLater(key: string): void {
    const remove = () => this.reads.delete(key);
    if (this.reads.size > this.limits.maximumKept) remove();
    else setTimeout(remove, this.limits.keepMs).unref();
  }
}

/** While the provider hangs, only this field fails, not the whole response. */
const readTimeoutMs = 700;

/** Time before the request's deadline that is reserved for the rest of the response. */
const responseReserveMs = 150;

/**
 * Reads what the customer must do from the provider, because a client secret must not be stored or
 * logged: https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export class NextActionService {
  /** Reads are shared, because the provider limits the request rate. */
  private readonly reads = new SharedReads<NextAction | null>(
    { keepMs: 1_000, maximumInProgress: 16, maximumKept: 1_000 },
    () => unavailable('Too many concurrent reads from the payment provider.'),
  );

  constructor(
    private readonly needs: {
      payments: PaymentRepository;
      providers: Providers;
      wakePoller: () => void;
      logger: Logger;
    },
  ) {}

  /**
   * Null unless the payment requires an action and the viewer is its customer.
   *
   * @throws AppError upstream_unavailable if the provider does not respond, or too many reads are
   *   in progress
   */
  async find(payment: Payment, viewer: Viewer): Promise<NextAction | null> {
    const isCustomer = viewer.kind === 'user' && viewer.userId === payment.userId;
    if (!isCustomer || payment.status !== 'REQUIRES_ACTION') return null;
    try {
      return await withinDeadline(() => this.reads.read(payment.id, () => this.read(payment)));
    } catch (error) {
      this.needs.logger.warn('reading the next action failed', { paymentId: payment.id, error });
      throw error instanceof AppError
        ? error
        : unavailable('The payment provider did not respond, so nextAction cannot be read.', error);
    }
  }

  private async read(payment: Payment): Promise<NextAction | null> {
    const provider = this.needs.providers.get(payment.provider);
    const charge = await provider.inquire(toChargeRequest(payment));
    if (charge.state === 'requires_action') return charge.nextAction;
    // The provider has decided: do not wait for the scheduled inquiry.
    await this.bringForward(payment);
    return null;
  }

  private async bringForward({ id }: Payment): Promise<void> {
    const { payments, wakePoller, logger } = this.needs;
    try {
      await payments.bringForward(id);
      wakePoller();
    } catch (error) {
      logger.warn('bringing the inquiry forward failed', { paymentId: id, error });
    }
  }
}

function unavailable(problem: string, cause?: unknown): AppError {
  const options = { cause, retryAfterSeconds: 2 };
  return new AppError('upstream_unavailable', `${problem} Repeat the request.`, options);
}

function withinDeadline<T>(call: () => Promise<T>): Promise<T> {
  const limitMs = Math.min(readTimeoutMs, timeLeftMs() - responseReserveMs);
  const late = () => new ProviderTimeout(`no response within ${Math.floor(limitMs)} ms`);
  return limitMs > 0 ? rejectAfter(limitMs, call(), late) : Promise.reject(late());
}

export type NextActionLoader = DataLoader<Payment, NextAction | null, string>;

/** Must be created per request. Calls the provider once per payment. */
export function createNextActionLoader(nextActions: NextActionService, viewer: Viewer): NextActionLoader {
  const find = (payment: Payment) => nextActions.find(payment, viewer).catch((error: Error) => error);
  return new DataLoader((payments) => Promise.all(payments.map(find)), { cacheKeyFn: ({ id }) => id });
}

type SimulatedAuthenticationResult =
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
