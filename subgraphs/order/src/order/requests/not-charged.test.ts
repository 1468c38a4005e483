import { notCharged } from './not-charged';

describe('An attempt that was not sent', () => {
  it.each([
    ['unknown_payment_method', 'paymentMethod is not one that the provider knows'],
    ['payment_method_already_used', 'create a new PaymentMethod'],
    ['invalid_return_url', 'pay with an https returnUrl'],
  ])('with %s is bad_request, and its message says what to change', (failureCode, remedy) => {
    const error = notCharged(failureCode);
    expect(error).toMatchObject({ code: 'bad_request', message: expect.stringContaining(remedy) });
    expect(error.message).toContain('Nothing was charged.');
  });

  it.each([null, 'provider_unavailable', 'charge_not_accepted'])(
    'with %s is upstream_unavailable',
    (failureCode) => expect(notCharged(failureCode)).toMatchObject({ code: 'upstream_unavailable' }),
  );
});
