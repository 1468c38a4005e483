import { randomUUID } from 'node:crypto';
import { createEvent } from './cloud-event';
import { InvalidEventError, parseEvent, UnknownEventTypeError } from './parse-event';

const data = {
  paymentId: randomUUID(),
  orderId: randomUUID(),
  attempt: 1,
  amountCents: 9_007_199_254_740_991,
  currency: 'EUR',
  failureCode: null,
  sent: true,
};
const event = createEvent({ source: 'payment', type: 'payment.succeeded', subject: data.paymentId, data });
const received = (changes: object) => JSON.parse(JSON.stringify({ ...event, ...changes })) as unknown;

describe('parseEvent', () => {
  it('reads what createEvent wrote', () => {
    expect(parseEvent(received({}))).toEqual(event);
  });

  it('drops unknown members', () => {
    expect(parseEvent(received({ partition: 3, data: { ...data, extra: true } }))).toEqual(event);
  });

  it('reads a failure with and without `permanent`, which earlier versions do not send', () => {
    const failed = (changes: object) => received({ type: 'payment.failed', data: { ...data, ...changes } });
    expect(parseEvent(failed({ permanent: true })).data).toMatchObject({ permanent: true });
    expect(parseEvent(failed({})).data).not.toHaveProperty('permanent');
    expect(() => parseEvent(failed({ permanent: 'yes' }))).toThrow(InvalidEventError);
  });

  it.each(['payment.disputed', 'toString', '__proto__'])('rejects the unknown type %s by name', (type) => {
    const parse = () => parseEvent(received({ type, data: {} }));
    expect(parse).toThrow(UnknownEventTypeError);
    expect(parse).toThrow(`event type ${type} has no handler in this version`);
  });

  it.each([
    ['nothing', null],
    ['text', 'event'],
    ['another version of CloudEvents', received({ specversion: '0.3' })],
    ['an id that is no UUID', received({ id: '1' })],
    ['a time that is none', received({ time: 'yesterday' })],
    ['no data', received({ data: undefined })],
    ['an event of another source', received({ source: 'product' })],
    ['a float for money', received({ data: { ...data, amountCents: 1.5 } })],
    ['money beyond 2^53-1', received({ data: { ...data, amountCents: 2 ** 53 } })],
    ['a currency that is none', received({ data: { ...data, currency: 'eur' } })],
    ['an order id that is no UUID', received({ data: { ...data, orderId: 'x' } })],
  ])('refuses %s', (_name, value) => {
    expect(() => parseEvent(value)).toThrow(InvalidEventError);
  });
});
