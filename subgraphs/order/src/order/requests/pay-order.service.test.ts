import { notCharged } from './pay-order.service';

describe('notCharged', () => {
  it.each([
    ['unknown_payment_method', 'The provider does not know this paymentMethod'],
    ['payment_method_already_used', 'create a new PaymentMethod'],
    ['invalid_return_url', 'pay with an https returnUrl'],
  ])('returns bad_request for %s, with what the client must change', (failureCode, remedy) => {
    const error = notCharged(failureCode);
    expect(error).toMatchObject({ code: 'bad_request', message: expect.stringContaining(remedy) });
    expect(error.message).toContain('Nothing was charged.');
  });

  it.each([null, 'provider_unavailable', 'charge_not_accepted'])(
    'returns upstream_unavailable for %s',
    (failureCode) => expect(notCharged(failureCode)).toMatchObject({ code: 'upstream_unavailable' }),
  );
});
