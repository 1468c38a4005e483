import { randomUUID } from 'node:crypto';
import type { PaymentProvider, WebhookDelivery } from '../src/providers/payment-provider';

/** How the provider's webhooks are made. */
export interface WebhooksUnderTest {
  type: string;
  /** That something happened to the charge under `key`; null: to something that is not ours. */
  bodyOf(event: { id: string; key: string | null; occurredAt: Date }): string;
  /** The headers that go with a body; `forged`: by a secret that is not the provider's. */
  sign(body: string, how: { signedAt: Date; forged?: boolean }): Record<string, string>;
}

const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** Rules for the notices of a provider: what it did not sign, and sign just now, is not read. */
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

  const expectRefused = (refused: WebhookDelivery) =>
    expect(() => read(refused)).toThrow(expect.objectContaining({ name: 'WebhookRefused' }));

  it('names the charge of an event and its time in the webhook', () => {
    const { event, body } = newEvent();
    const occurredAt = new Date(Math.floor(event.occurredAt.getTime() / 1_000) * 1_000);
    expect(read(delivery(body))).toEqual({ id: event.id, type, chargeKey: event.key, occurredAt });
  });

  it('reads a webhook that comes again, late or out of order: it is a hint only', () => {
    const [early, late] = [newEvent(minutesFromNow(-3 * 24 * 60)), newEvent()];
    const notices = [late, early, late].map(({ body }) => read(delivery(body)));
    expect(notices.map(({ id }) => id)).toEqual([late.event.id, early.event.id, late.event.id]);
    expect(notices[0]).toEqual(notices[2]);
    expect(notices[1]!.occurredAt.getTime()).toBeLessThan(notices[0]!.occurredAt.getTime());
  });

  it('reads a webhook about nothing of ours as such', () => {
    const body = bodyOf({ id: 'evt_1', key: null, occurredAt: new Date() });
    expect(read(delivery(body))).toMatchObject({ id: 'evt_1', chargeKey: null });
  });

  it.each([-4.9, 4.9])('reads a webhook that was signed %d minutes from now', (minutes) => {
    const { event, body } = newEvent();
    expect(read(delivery(body, { signedAt: minutesFromNow(minutes) }))).toMatchObject({ id: event.id });
  });

  it.each([-5.1, 5.1, -60, 60])('refuses a webhook that was signed %d minutes from now', (minutes) => {
    expectRefused(delivery(newEvent().body, { signedAt: minutesFromNow(minutes) }));
  });

  it('refuses a webhook that somebody else signed', () => {
    expectRefused(delivery(newEvent().body, { forged: true }));
  });

  it('refuses a webhook of which one byte was changed', () => {
    const { body, headers } = delivery(newEvent().body);
    const changed = Buffer.from(body);
    changed[changed.length - 3]! ^= 1;
    expectRefused({ body: changed, headers });
  });

  it('refuses a webhook without a signature, or with the like of one', () => {
    const { body, headers } = delivery(newEvent().body);
    const [[name, signature] = ['', '']] = Object.entries(headers as Record<string, string>);
    expectRefused({ body, headers: {} });
    const likes = [
      '',
      't=',
      'v1=',
      't=now,v1=00',
      `${signature}0`,
      signature.replace(/v1=/g, 'v0='),
      'x'.repeat(9_999),
    ];
    for (const like of likes) expectRefused({ body, headers: { [name]: like } });
  });

  it('takes one good signature among several, as while secrets are exchanged', () => {
    const { event, body } = newEvent();
    const signedAt = new Date();
    const [name] = Object.keys(sign(body, { signedAt })) as [string];
    const good = sign(body, { signedAt })[name]!;
    const [, bad] = sign(body, { signedAt, forged: true })[name]!.split(',');
    const headers = { [name]: good.replace(',', `,${bad},`) };
    expect(read({ body: Buffer.from(body), headers })).toMatchObject({ id: event.id });
  });

  it('refuses what is signed and still cannot be read', () => {
    for (const body of ['', '{', 'null', '[]', '{}', '{"id":1}', '{"id":"evt_1","type":"x","data":null}']) {
      expectRefused(delivery(body));
    }
  });
}
