import { AppError } from '@shop/kit/errors';
import { requireIdempotencyKey } from '@shop/kit/idempotency';

export interface PayOrderRequest {
  orderId: string;
  paymentMethod: string | null;
  returnUrl: string | null;
  idempotencyKey: string | null;
}

const acceptablePaymentMethod = /^[\x21-\x7e]{1,100}$/;
export const maximumReturnUrlLength = 2_000;

/**
 * Printable ASCII, and a host directly after the slashes: `URL` normalizes anything else, and other
 * parsers may extract another host from it.
 */
const absolute = /^https?:\/\/[A-Za-z0-9[][\x21-\x5b\x5d-\x7e]*$/;

/** @throws AppError bad_request for an invalid key, payment method or return URL */
export function readPayOrderRequest(request: PayOrderRequest): PayOrderRequest {
  const { paymentMethod, returnUrl, idempotencyKey } = request;
  requireIdempotencyKey(idempotencyKey);
  if (paymentMethod !== null && !acceptablePaymentMethod.test(paymentMethod)) {
    throw new AppError(
      'bad_request',
      'paymentMethod must be 1 to 100 printable ASCII characters without spaces.',
    );
  }
  if (returnUrl !== null && !isReturnUrl(returnUrl)) {
    throw new AppError(
      'bad_request',
      `returnUrl must be an absolute https URL of at most ${maximumReturnUrlLength} printable ASCII characters, without a user name or password. Plain http is accepted for loopback hosts only.`,
    );
  }
  return { ...request, orderId: request.orderId.toLowerCase() };
}

/**
 * Whether a provider may redirect a customer to this URL: https, or http to localhost for
 * development.
 */
export function isReturnUrl(text: string): boolean {
  if (text.length > maximumReturnUrlLength || !absolute.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}
