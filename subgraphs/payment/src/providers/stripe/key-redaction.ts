import type { PaymentProvider } from '../payment-provider';

/** Stripe masks quoted keys with asterisks. */
const quotedKeys = /\b(?:sk|rk|pk|whsec)_[\w*]+/g;

/**
 * Removes keys from the errors of the provider and their causes, because errors are logged and
 * printed. For example, Stripe responds to an invalid key with "Invalid API Key provided:
 * sk_test_…".
 */
export function withRedactedErrors(provider: PaymentProvider): PaymentProvider {
  const redacted = <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      redact(error);
      throw error;
    });
  return {
    ...provider,
    charge: (request) => redacted(provider.charge(request)),
    inquire: (request) => redacted(provider.inquire(request)),
    cancel: (request) => redacted(provider.cancel(request)),
    refund: (request) => redacted(provider.refund(request)),
    inquireRefund: (request) => redacted(provider.inquireRefund(request)),
  };
}

/**
 * In place, because callers distinguish errors by class. `raw` is Stripe's response in errors of
 * its library.
 */
function redact(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const fields = error as { message?: unknown; stack?: unknown; raw?: unknown; cause?: unknown };
  for (const name of ['message', 'stack'] as const) {
    const text = fields[name];
    if (typeof text === 'string') fields[name] = text.replace(quotedKeys, '[key]');
  }
  redact(fields.raw);
  redact(fields.cause);
}
