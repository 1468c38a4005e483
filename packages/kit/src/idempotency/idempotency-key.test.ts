import { isIdempotencyKey, requestHash } from './idempotency-key';

describe('isIdempotencyKey', () => {
  it.each(['a', 'x'.repeat(128), '8e03978e-40d5-43dd-bc93-6894a57f9324', 'with "quotes" and ~'])(
    'accepts %j',
    (key) => expect(isIdempotencyKey(key)).toBe(true),
  );

  it.each(['', 'x'.repeat(129), 'é', 'line\nbreak', 'nul\0'])('rejects %j', (key) =>
    expect(isIdempotencyKey(key)).toBe(false),
  );
});

describe('requestHash', () => {
  const hash = (request: object, operation = 'createOrder') =>
    requestHash(operation, request).toString('hex');

  it('does not depend on the order of fields, at any depth', () => {
    expect(hash({ a: 1, b: { c: [{ d: 2, e: 3 }] } })).toBe(hash({ b: { c: [{ e: 3, d: 2 }] }, a: 1 }));
  });

  it('treats a field that is undefined as absent', () => {
    expect(hash({ a: 1, b: undefined })).toBe(hash({ a: 1 }));
  });

  it('is the one that is stored for the same request, also by earlier versions', () => {
    const request = {
      items: [{ quantity: 2, productId: 'p1' }],
      note: 'ü\u2028"\ud800',
      from: new Date(0),
      ...{ empty: null, left: undefined },
    };
    expect(hash(request)).toBe('f5d67a4b4a689606c6f8eafedb2cc2b9d837f52a3002c66d48b05d9afc997b34');
  });

  it('depends on the values, on the order of lists and on the operation', () => {
    const hashes = [
      hash({ a: 1 }),
      hash({ a: '1' }),
      hash({ a: [1, 2] }),
      hash({ a: [2, 1] }),
      hash({ a: 1 }, 'payOrder'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
