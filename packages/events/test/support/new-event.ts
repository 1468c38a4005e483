import { randomUUID } from 'node:crypto';
import { createEvent, type EventOf, type ShopEvent } from '../../src/contracts';

function eventFields() {
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

/** A new event. */
export function newEvent(): EventOf<'payment.succeeded'> {
  return createEvent({ ...eventFields(), type: 'payment.succeeded' });
}

/** An event that the tests' subscribers ignore explicitly. */
export function ignoredEvent(): EventOf<'payment.failed'> {
  return createEvent({ ...eventFields(), type: 'payment.failed' });
}

/** An event of a known type that the tests' subscribers neither handle nor ignore. */
export function unhandledEvent(): EventOf<'payment.refunded'> {
  const { data, ...rest } = eventFields();
  return createEvent({ ...rest, type: 'payment.refunded', data: { ...data, revision: 2 } });
}

/** An event of a newer version: its type has no contract. */
export function unknownEvent(): ShopEvent {
  return createEvent({ ...eventFields(), type: 'payment.disputed' }) as unknown as ShopEvent;
}
