import { checkHistory } from './check-history';
import type { FinalOrder } from './final-orders';
import { History } from './history';

type PaymentOutcome = 'paid' | 'undecided' | 'payment_declined' | 'payment_not_possible';

const statusOf: Record<PaymentOutcome, number> = {
  paid: 200,
  undecided: 202,
  payment_declined: 402,
  payment_not_possible: 422,
};
const ids = { orderId: 'O', userId: 'U' };

/** The breaches that are reported for an order whose client received these payment outcomes. */
function breachesOf(
  decline: 'cancel' | 'retry',
  outcomes: PaymentOutcome[],
  end: Partial<FinalOrder>,
): string[] {
  const history = new History();
  const operation = { ...ids, client: 0, checkout: 0, paymentMethod: null };
  const created = history.begin({ ...operation, kind: 'create', key: 'create' });
  Object.assign(created, { outcome: 'acknowledged', responses: [{ atMs: 0, status: 201, code: null }] });
  outcomes.forEach((outcome, index) => {
    const payment = history.begin({ ...operation, kind: 'pay', key: `pay-${index}` });
    const isAcknowledged = statusOf[outcome] < 300;
    payment.outcome = isAcknowledged ? 'acknowledged' : 'rejected';
    payment.responses.push({ atMs: 0, status: statusOf[outcome], code: isAcknowledged ? null : outcome });
  });
  const open = { status: null, cancelReason: null, isPaying: false };
  const order: FinalOrder = { id: ids.orderId, userId: ids.userId, ...open, ...end };
  return Object.values(checkHistory(history, [order], decline)).flat();
}

const pending = { status: 'PENDING' } as const;
const confirmed = { status: 'CONFIRMED' } as const;
const cancelled = (cancelReason: NonNullable<FinalOrder['cancelReason']>) =>
  ({ status: 'CANCELLED', cancelReason }) as const;

describe('checkHistory', () => {
  it.each<['cancel' | 'retry', PaymentOutcome[], Partial<FinalOrder>]>([
    ['cancel', ['payment_declined'], cancelled('PAYMENT_FAILED')],
    ['retry', ['payment_declined'], cancelled('PAYMENT_FAILED')],
    ['retry', ['payment_declined'], cancelled('EXPIRED')],
    ['retry', ['payment_declined'], pending],
    ['retry', ['payment_declined', 'paid'], confirmed],
    ['cancel', ['payment_not_possible'], pending],
    ['cancel', ['payment_not_possible'], cancelled('EXPIRED')],
    ['retry', ['payment_not_possible', 'paid'], confirmed],
    ['cancel', ['undecided'], confirmed],
    ['cancel', ['undecided'], cancelled('PAYMENT_FAILED')],
    ['retry', ['undecided'], pending],
  ])('with PAYMENT_DECLINE=%s accepts %j with %j', (decline, outcomes, end) =>
    expect(breachesOf(decline, outcomes, end)).toEqual([]),
  );

  it.each<['cancel' | 'retry', PaymentOutcome[], Partial<FinalOrder>]>([
    ['cancel', ['payment_declined'], pending],
    ['cancel', ['payment_declined'], confirmed],
    ['cancel', ['payment_declined'], cancelled('EXPIRED')],
    ['retry', ['payment_declined'], confirmed],
    ['retry', ['payment_declined', 'payment_declined'], confirmed],
    ['retry', ['payment_declined'], cancelled('ADMIN')],
    ['cancel', ['payment_not_possible'], confirmed],
    ['cancel', ['payment_not_possible'], cancelled('PAYMENT_FAILED')],
    ['retry', ['payment_not_possible'], cancelled('CUSTOMER')],
    ['cancel', ['undecided'], pending],
    ['retry', ['undecided'], { ...pending, isPaying: true }],
  ])('with PAYMENT_DECLINE=%s reports %j with %j', (decline, outcomes, end) =>
    expect(breachesOf(decline, outcomes, end)).not.toEqual([]),
  );
});
