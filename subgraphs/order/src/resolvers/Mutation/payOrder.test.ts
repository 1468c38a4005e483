import type { PlacedOrder } from '../../order/persistence/order.entity';
import { declineMessage, type DeclinedAttempt } from './payOrder';

const expiresAt = new Date(Date.now() + 900_000);
const past = new Date(Date.now() - 1_000);

function messageFor(order: Partial<PlacedOrder>, declined: Partial<DeclinedAttempt> = {}): string {
  const placed = { attempt: 1, paymentId: null, updatedAt: new Date(), expiresAt, ...order } as PlacedOrder;
  return declineMessage({
    ...{ order: placed, attempt: 1, paymentId: 'declined', onDecline: 'cancel' },
    ...declined,
  });
}

const pending = { status: 'PENDING', step: 'AWAITING_PAYMENT' } as const;
const cancelled = { status: 'CANCELLED', step: 'CLOSED', cancelReason: 'PAYMENT_FAILED' } as const;

describe('declineMessage', () => {
  it('says that the order is CANCELLED when the decline cancelled it', () => {
    expect(messageFor(cancelled)).toBe(
      'The payment failed. It charged nothing. The order is CANCELLED and its stock is released.',
    );
  });

  it('says that the attempts are used when the last allowed decline cancelled the order', () => {
    const usedUp = 'The order is CANCELLED, because all allowed payment attempts are used,';
    expect(messageFor(cancelled, { onDecline: 'retry' })).toContain(usedUp);
    expect(messageFor({ ...cancelled, expiresAt: past }, { onDecline: 'retry' })).not.toContain('used');
  });

  it('says until when a PENDING order can be paid again, and that an expired one cannot', () => {
    expect(messageFor(pending)).toBe(
      `The payment failed. It charged nothing. The order can be paid again until ${expiresAt.toISOString()}.`,
    );
    expect(messageFor({ ...pending, expiresAt: past })).toContain('The order has expired');
  });

  it.each([
    [{ status: 'CONFIRMED', step: 'SETTLED' } as const, 'A later attempt paid the order: it is CONFIRMED.'],
    [{ status: 'PENDING', step: 'PAYING' } as const, 'Another payment of the order is in progress'],
  ])(
    'says for a repeat that its attempt failed, and the current state of the order: %j',
    (order, expected) => {
      const message = messageFor({ ...order, attempt: 2 });
      expect(message).toMatch(/^This attempt to pay failed\. It charged nothing\. /);
      expect(message).toContain(expected);
    },
  );

  it('names the reason if the order was cancelled for another reason', () => {
    expect(messageFor({ ...cancelled, cancelReason: 'CUSTOMER' })).toContain(
      'CANCELLED with the reason CUSTOMER',
    );
  });

  it('says that a late charge is refunded', () => {
    expect(messageFor({ ...cancelled, cancelReason: 'EXPIRED', paymentId: 'declined' })).toBe(
      'The payment succeeded after the order was CANCELLED. The charge is refunded.',
    );
  });
});
