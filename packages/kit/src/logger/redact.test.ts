import { PassThrough } from 'node:stream';
import winston from 'winston';
import { createLogger } from '.';
import { maskText, redacted } from './redact';

/** The entry that the logger writes for these fields. */
function entryOf(fields: object, message = 'constant'): Record<string, unknown> {
  const logger = createLogger({ service: 'test' });
  const stream = new PassThrough();
  logger.clear().add(new winston.transports.Stream({ stream }));
  logger.info(message, fields);
  return JSON.parse(String(stream.read())) as Record<string, unknown>;
}

describe('A field of a log entry', () => {
  it.each([
    ...['password', 'newPassword', 'passwd', 'token', 'accessToken', 'refresh_token', 'authorization'],
    ...['x-service-authorization', 'cookie', 'set-cookie', 'secret', 'clientSecret', 'STRIPE_SECRET_KEY'],
    ...['apiKey', 'api_key', 'privateKey', 'cardNumber', 'cvc', 'iban', 'email', 'customerEmail', 'phone'],
  ])('is replaced if its name says that it is secret or personal: %s', (name) => {
    expect(entryOf({ [name]: 'canary' })[name]).toBe(redacted);
    expect(JSON.stringify(entryOf({ error: { cause: { [name]: ['canary'] } } }))).not.toContain('canary');
    expect(entryOf({ [name]: 4242 })[name]).toBe(redacted);
  });

  it.each([
    ...['tokenId', 'passwordChangedAt', 'discarded', 'cardinality', 'panel', 'tokenizer', 'hasToken'],
    ...['orderId', 'paymentId', 'reason', 'path', 'provider', 'key'],
  ])('is written if its name only resembles such a name: %s', (name) => {
    expect(entryOf({ [name]: name === 'hasToken' ? true : 'value' })[name]).toBe(
      name === 'hasToken' ? true : 'value',
    );
  });

  it('is not changed in the object that was passed to the logger', () => {
    const request = { headers: { authorization: 'Bearer abc' } };
    expect(entryOf({ request })['request']).toEqual({ headers: { authorization: redacted } });
    expect(request.headers.authorization).toBe('Bearer abc');
  });

  it('may be a date, a URL, a BigInt, a circular object or nested too deeply', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const entry = entryOf({
      at: new Date(0),
      url: new URL(`postgres://u:${'canary'}@db/x`),
      circular,
      big: 2n ** 64n,
    });
    expect(entry['at']).toBe('1970-01-01T00:00:00.000Z');
    expect(entry['big']).toBe('18446744073709551616');
    expect(JSON.stringify(entry)).not.toContain('canary');
  });
});

const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;

describe('A text in a log entry', () => {
  it.each([
    ['a bearer token', 'sent Bearer abc.def-123=', 'sent Bearer [redacted]'],
    ['a JSON Web Token', `token ${jwt} was rejected`, 'token [redacted] was rejected'],
    ["a provider's secret key", `key ${'sk_'}live_a1B2c3 refused`, 'key [redacted] refused'],
    ['a webhook secret', `${'whsec'}_a1B2c3`, '[redacted]'],
    ['a client secret', 'pi_3Nk_secret_a1B2', 'pi_3Nk_secret_[redacted]'],
    [
      'the password of a URL',
      'postgres://app:p@ss@db:5432/x is down',
      'postgres://[redacted]@db:5432/x is down',
    ],
    ['a password of libpq', 'host=db password=a1B2 user=x', 'host=db password=[redacted] user=x'],
    ['a password in JSON', '{"password":"a1 \\"B2"}', '{"password":"[redacted]"}'],
    ['a token in JSON', '{"refresh_token": "abc"}', '{"refresh_token": "[redacted]"}'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY----- end', '[redacted] end'],
    ['an email address', 'Key (email)=(a.b+c@mail.example.com) exists', 'Key (email)=([redacted]) exists'],
  ])('is masked where it contains %s', (_what, text, masked) => {
    expect(maskText(text)).toBe(masked);
    expect(entryOf({ reason: text })['reason']).toBe(masked);
    expect(entryOf({}, text)['message']).toBe(masked);
    expect(entryOf({ error: new Error(text) })['error']).toMatchObject({ message: masked });
    expect((entryOf({ error: new Error(text) })['error'] as { stack: string }).stack).toContain(masked);
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'postgres://app@db.internal:5432/x is down',
    'at Object.<anonymous> (/srv/node_modules/@apollo/server/dist/index.js:1:2)',
    'No access token, or one that is expired',
  ])('is not changed without a secret: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  // Quadratic time would exceed the time limit of a test.
  it.each(['eyJ-', 'a@', '://a:', 'password', 'Bearer ', '-----BEGIN ', 'pi_a_secret'])(
    'of 200,000 characters is searched in linear time: %s…',
    (part) => {
      expect(maskText(`@ ${part.repeat(200_000 / part.length)}`)).toMatch(/^@ /);
    },
  );
});
