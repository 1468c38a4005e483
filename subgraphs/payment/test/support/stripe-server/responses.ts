/** A response of the server, before it is stored with an idempotency key. */
export interface StripeResponse {
  status: number;
  body: object;
  /**
   * False if the parameters were invalid: such a response is not stored with an idempotency key.
   */
  wasExecuted: boolean;
}

/** https://docs.stripe.com/api/errors */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  payment_intent?: object;
}

export const ok = (body: object): StripeResponse => ({ status: 200, body, wasExecuted: true });

export const failed = (status: number, error: ErrorBody): StripeResponse => ({
  status,
  body: { error },
  wasExecuted: true,
});

export const invalid = (message: string, details: Partial<ErrorBody> = {}): StripeResponse => ({
  ...failed(400, { type: 'invalid_request_error', message, ...details }),
  wasExecuted: false,
});

export const missing = (what: string, param: string): StripeResponse =>
  invalid(`No such ${what}`, { code: 'resource_missing', param });
