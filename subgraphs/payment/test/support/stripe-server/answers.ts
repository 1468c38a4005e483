/** What the server answers, before it is written down under an idempotency key. */
export interface Answer {
  status: number;
  body: object;
  /** False when it did not get beyond the checks of its parameters: such an answer is not kept under an idempotency key. */
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

export const ok = (body: object): Answer => ({ status: 200, body, wasExecuted: true });

export const failed = (status: number, error: ErrorBody): Answer => ({
  status,
  body: { error },
  wasExecuted: true,
});

export const invalid = (message: string, details: Partial<ErrorBody> = {}): Answer => ({
  ...failed(400, { type: 'invalid_request_error', message, ...details }),
  wasExecuted: false,
});

export const missing = (what: string, param: string): Answer =>
  invalid(`No such ${what}`, { code: 'resource_missing', param });
