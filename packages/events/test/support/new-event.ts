import { randomUUID } from 'node:crypto';
import { createEvent, type PaymentFailed, type PaymentSucceeded } from '../../src/contracts';

function fact() {
  const paymentId = randomUUID();
  return {
    source: 'payment',
    subject: paymentId,
    data: {
      ...{ paymentId, orderId: randomUUID(), attempt: 1, amountCents: 100, currency: 'EUR' },
      ...{ failureCode: null, sent: true },
    },
  };
}

/** An event that nobody has seen. */
export function newEvent(): PaymentSucceeded {
  return createEvent({ ...fact(), type: 'payment.succeeded' });
}

/** One that the subscribers of the tests have no handler for. */
export function unhandledEvent(): PaymentFailed {
  return createEvent({ ...fact(), type: 'payment.failed' });
}
