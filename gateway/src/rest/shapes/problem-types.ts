import { type GenericCode, genericErrors, graphqlCodeOf } from '@shop/kit/errors';

/** A kind of problem (RFC 9457). */
export interface ProblemType {
  status: number;
  /** Short and constant. */
  title: string;
  /** The meaning, and what the client can do; shown on the docs page. */
  meaning: string;
}

function type(status: number, title: string, meaning: string): ProblemType {
  return { status, title, meaning };
}

function generic(status: number, title: string, code: GenericCode): ProblemType {
  return { status, title, meaning: genericErrors[code].message };
}

/**
 * Every code of a failure: those of `@shop/kit/errors`, those that the subgraphs declare in
 * `src/errors.ts`, and those of the facade. The responses, the OpenAPI document and the docs page are
 * derived from it.
 */
const types = {
  bad_request: generic(400, 'Bad request', 'bad_request'),
  unauthenticated: generic(401, 'Not signed in', 'unauthenticated'),
  invalid_credentials: type(
    401,
    'Wrong email or password',
    'Login: unknown email or wrong password, in one answer. Password change: the current password is wrong.',
  ),
  invalid_refresh_token: type(
    401,
    'Refresh token refused',
    'Unknown, expired, revoked or already used. Reuse of a used token ends its session: log in again.',
  ),
  payment_declined: type(
    402,
    'Payment declined',
    'The payment failed and charged nothing: the provider declined it, or the customer did not authenticate. The message and the order in the answer say whether the order can be paid again.',
  ),
  forbidden: generic(403, 'Not allowed', 'forbidden'),
  not_found: generic(404, 'Not found', 'not_found'),
  product_not_found: type(404, 'Product not found', 'There is no product with this id.'),
  order_not_found: type(
    404,
    'Order not found',
    'There is no order with this id, or it belongs to somebody else.',
  ),
  payment_not_found: type(
    404,
    'Payment not found',
    'There is no payment with this id or client secret, or its order belongs to somebody else.',
  ),
  session_not_found: type(404, 'Session not found', 'There is no open session of yours with this id.'),
  method_not_allowed: type(
    405,
    'Method not allowed',
    'The route exists, but not with this method; Allow names those it has.',
  ),
  email_taken: type(409, 'Email already registered', 'An account with this email exists: log in instead.'),
  sku_taken: type(409, 'SKU already in use', 'Another product has this SKU: choose a different one.'),
  stock_below_zero: type(409, 'Stock would fall below zero', 'The adjustment takes more than there is.'),
  out_of_stock: type(
    409,
    'Out of stock',
    'At least one line asks for more than is available; the shortages name each. Nothing was ordered.',
  ),
  too_many_open_orders: type(
    409,
    'Too many open orders',
    'The customer has as many unpaid orders, or holds as many units of a product in them, as one customer can; the answer names the limit. Pay or cancel an order, or wait until one expires.',
  ),
  order_state_conflict: type(
    409,
    'Order is in another status',
    'The order is not in a status that allows this. Read it again, then decide.',
  ),
  too_many_payment_attempts: type(
    409,
    'Too many payment attempts',
    'As many payments of this order were attempted as are allowed. Nothing was charged: place a new order.',
  ),
  authentication_ended: type(
    409,
    'Authentication has ended',
    'The authentication of this payment has already ended with another outcome: completed, failed, or closed at the time limit. Read the order for its result.',
  ),
  idempotency_in_progress: generic(409, 'Request in progress', 'idempotency_in_progress'),
  edit_conflict: generic(412, 'Changed in the meantime', 'edit_conflict'),
  request_timeout: generic(408, 'Request timeout', 'request_timeout'),
  payload_too_large: generic(413, 'Body too large', 'payload_too_large'),
  unsupported_media_type: generic(415, 'Unsupported media type', 'unsupported_media_type'),
  invalid_input: generic(422, 'Invalid input', 'invalid_input'),
  payment_not_possible: type(
    422,
    'Payment not possible',
    "The provider can never charge this order: its total is outside the provider's limits, or it does not charge the order's currency. Nothing was charged, and no further attempt can succeed: cancel the order or let it expire.",
  ),
  idempotency_conflict: generic(422, 'Idempotency key used before', 'idempotency_conflict'),
  too_many_attempts: type(
    429,
    'Too many attempts',
    'Too many failed logins or password changes, or too many registrations, for this account or address. Wait for the time given.',
  ),
  rate_limited: generic(429, 'Too many requests', 'rate_limited'),
  headers_too_large: generic(431, 'Request header fields too large', 'headers_too_large'),
  internal: generic(500, 'Internal error', 'internal'),
  upstream_unavailable: generic(503, 'Temporarily unavailable', 'upstream_unavailable'),
} satisfies Record<string, ProblemType> & Record<GenericCode, ProblemType>;

export type ProblemCode = keyof typeof types;

export const problemTypes: Readonly<Record<ProblemCode, ProblemType>> = types;

export function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(problemTypes, code);
}

const byGraphqlCode = new Map(
  (Object.keys(problemTypes) as ProblemCode[]).map((code) => [graphqlCodeOf(code), code]),
);

/** The code of a GraphQL error's `extensions.code`, or undefined if it is not in `problemTypes`. */
export function codeOfGraphqlCode(graphqlCode: unknown): ProblemCode | undefined {
  return typeof graphqlCode === 'string' ? byGraphqlCode.get(graphqlCode) : undefined;
}
