import { AppError } from '@shop/kit/errors';

/** What the client must change, by the failure code of an attempt that was not sent. */
const clientErrors = new Map<string | null, string>([
  ['unknown_payment_method', 'The provider does not know this paymentMethod.'],
  [
    'payment_method_already_used',
    'paymentMethod was used before and cannot be used again: create a new PaymentMethod and pay with it.',
  ],
  [
    'invalid_return_url',
    'The provider rejects the returnUrl, or requires one: pay with an https returnUrl that the customer can open.',
  ],
]);

/** The error of an attempt that the payment subgraph did not send, by its failure code. */
export function notCharged(failureCode: string | null): AppError {
  const clientError = clientErrors.get(failureCode);
  if (clientError !== undefined) return new AppError('bad_request', `${clientError} Nothing was charged.`);
  const message = 'The payment could not be sent. Nothing was charged, and the order can be paid again.';
  return new AppError('upstream_unavailable', message, { retryAfterSeconds: 1 });
}
