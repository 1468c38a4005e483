import { randomUUID } from 'node:crypto';
import type { PaymentProvider, WebhookDelivery } from '../src/providers/payment-provider';

/** Creates webhooks of the provider. */
export interface WebhooksUnderTest {
  type: string;
  /** A webhook about the charge with this key; null: about a charge of another shop. */
  bodyOf(event: { id: string; key: string | null; occurredAt: Date }): string;
  /** The headers for a body; `forged`: signed with another secret. */
  sign(body: string, how: { signedAt: Date; forged?: boolean }): Record<string, string>;
}

const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/**
 * Rules for the webhooks of a provider: only webhooks with a valid and recent signature are
 * accepted.
 */
export function itReadsWebhooks(underTest: {
  provider: () => PaymentProvider;
  webhooks: WebhooksUnderTest;
}): void {
  const { type, bodyOf, sign } = underTest.webhooks;
  const read = (delivery: WebhookDelivery) => underTest.provider().readWebhook(delivery);

  function newEvent(occurredAt = new Date()) {
    const event = { id: `evt_${randomUUID()}`, key: `${randomUUID()}:1`, occurredAt };
    return { event, body: bodyOf(event) };
  }

  function delivery(body: string, how: { signedAt?: Date; forged?: boolean } = {}): WebhookDelivery {
    return { body: Buffer.from(body), headers: sign(body, { signedAt: new Date(), ...how }) };
  }

  const expectRejected = (rejected: WebhookDelivery) =>
    expect(() => read(rejected)).toThrow(expect.objectContaining({ name: 'WebhookRejected' }));

  it('reads the charge and the time from a webhook', () => {
    const { event, body } = newEvent();
    const occurredAt = new Date(Math.floor(event.occurredAt.getTime() / 1_000) * 1_000);
    expect(read(delivery(body))).toEqual({ id: event.id, type, chargeKey: event.key, occurredAt });
  });

  it('reads a webhook that is repeated, late or out of order', () => {
    const [early, late] = [newEvent(minutesFromNow(-3 * 24 * 60)), newEvent()];
    const notices = [late, early, late].map(({ body }) => read(delivery(body)));
    expect(notices.map(({ id }) => id)).toEqual([late.event.id, early.event.id, late.event.id]);
    expect(notices[0]).toEqual(notices[2]);
    expect(notices[1]!.occurredAt.getTime()).toBeLessThan(notices[0]!.occurredAt.getTime());
  });

  it('returns a null chargeKey for a charge of another shop', () => {
    const body = bodyOf({ id: 'evt_1', key: null, occurredAt: new Date() });
    expect(read(delivery(body))).toMatchObject({ id: 'evt_1', chargeKey: null });
  });

  it.each([-4.9, 4.9])('reads a webhook that was signed %d minutes from the current time', (minutes) => {
    const { event, body } = newEvent();
    expect(read(delivery(body, { signedAt: minutesFromNow(minutes) }))).toMatchObject({ id: event.id });
  });

  it.each([-5.1, 5.1, -60, 60])(
    'rejects a webhook that was signed %d minutes from the current time',
    (minutes) => {
      expectRejected(delivery(newEvent().body, { signedAt: minutesFromNow(minutes) }));
    },
  );

  it('rejects a webhook that was signed with another secret', () => {
    expectRejected(delivery(newEvent().body, { forged: true }));
  });

  it('rejects a webhook with one changed byte', () => {
    const { body, headers } = delivery(newEvent().body);
    const changed = Buffer.from(body);
    changed[changed.length - 3]! ^= 1;
    expectRejected({ body: changed, headers });
  });

  it('rejects a webhook without a signature or with a malformed one', () => {
    const { body, headers } = delivery(newEvent().body);
    const [[name, signature] = ['', '']] = Object.entries(headers as Record<string, string>);
    expectRejected({ body, headers: {} });
    const likes = [
      '',
      't=',
      'v1=',
      't=now,v1=00',
      `${signature}0`,
      signature.replace(/v1=/g, 'v0='),
      'x'.repeat(9_999),
    ];
    for (const like of likes) expectRejected({ body, headers: { [name]: like } });
  });

  it('accepts one valid signature among several, as during a rotation of secrets', () => {
    const { event, body } = newEvent();
    const signedAt = new Date();
    const [name] = Object.keys(sign(body, { signedAt })) as [string];
    const good = sign(body, { signedAt })[name]!;
    const [, bad] = sign(body, { signedAt, forged: true })[name]!.split(',');
    const headers = { [name]: good.replace(',', `,${bad},`) };
    expect(read({ body: Buffer.from(body), headers })).toMatchObject({ id: event.id });
  });

  it('rejects a signed webhook with an invalid body', () => {
    for (const body of ['', '{', 'null', '[]', '{}', '{"id":1}', '{"id":"evt_1","type":"x","data":null}']) {
      expectRejected(delivery(body));
    }
  });
}
