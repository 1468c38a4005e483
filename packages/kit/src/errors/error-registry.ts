/** One failure that a client can meet. */
export interface ErrorEntry {
  /** RFC 9457 `title`: short and constant. */
  title: string;
  httpStatus: number;
  /** `extensions.code` where the failure is a GraphQL error, not a member of a result union. */
  graphqlCode: string;
  /** The meaning, and what the client can do; shown on the docs page. */
  meaning: string;
}

function entry(httpStatus: number, title: string, meaning: string, graphqlCode?: string): ErrorEntry {
  return { httpStatus, title, meaning, graphqlCode: graphqlCode ?? '' };
}

const entries = {
  bad_request: entry(
    400,
    'Bad request',
    'The request cannot be read as it is: broken JSON, an unknown or ill-typed parameter, a bad cursor. Correct it; the same request fails again.',
    'BAD_USER_INPUT',
  ),
  unauthenticated: entry(
    401,
    'Not signed in',
    'No access token, or one that is expired or not valid. Sign in, or refresh the session.',
  ),
  invalid_credentials: entry(
    401,
    'Wrong email or password',
    'Login: unknown email or wrong password, in one answer. Password change: the current password is wrong.',
  ),
  invalid_refresh_token: entry(
    401,
    'Refresh token refused',
    'Unknown, expired, revoked or already used. Reuse of a used token ends its session: log in again.',
  ),
  payment_declined: entry(
    402,
    'Payment declined',
    'The payment failed and charged nothing: the provider declined it, or the customer did not authenticate. The message and the order in the answer say whether the order can be paid again.',
  ),
  forbidden: entry(403, 'Not allowed', 'Signed in, but this needs another role.'),
  not_found: entry(404, 'Not found', 'There is no such route or resource, or it is not yours.'),
  product_not_found: entry(404, 'Product not found', 'There is no product with this id.'),
  order_not_found: entry(
    404,
    'Order not found',
    'There is no order with this id, or it belongs to somebody else.',
  ),
  payment_not_found: entry(
    404,
    'Payment not found',
    'There is no payment with this id or client secret, or its order belongs to somebody else.',
  ),
  session_not_found: entry(404, 'Session not found', 'There is no open session of yours with this id.'),
  method_not_allowed: entry(
    405,
    'Method not allowed',
    'The route exists, but not with this method; Allow names those it has.',
  ),
  email_taken: entry(409, 'Email already registered', 'An account with this email exists: log in instead.'),
  sku_taken: entry(409, 'SKU already in use', 'Another product has this SKU: choose a different one.'),
  stock_below_zero: entry(409, 'Stock would fall below zero', 'The adjustment takes more than there is.'),
  out_of_stock: entry(
    409,
    'Out of stock',
    'At least one line asks for more than is available; the shortages name each. Nothing was ordered.',
  ),
  too_many_open_orders: entry(
    409,
    'Too many open orders',
    'The customer has as many unpaid orders, or holds as many units of a product in them, as one customer can; the answer names the limit. Pay or cancel an order, or wait until one expires.',
  ),
  order_state_conflict: entry(
    409,
    'Order is in another status',
    'The order is not in a status that allows this. Read it again and decide anew.',
  ),
  too_many_payment_attempts: entry(
    409,
    'Too many payment attempts',
    'As many payments of this order were attempted as are allowed. Nothing was charged: place a new order.',
  ),
  authentication_ended: entry(
    409,
    'Authentication has ended',
    'The authentication of this payment has already ended with another outcome: completed, failed, or closed at the time limit. Read the order for its result.',
  ),
  idempotency_in_progress: entry(
    409,
    'Request under way',
    'The first request with this idempotency key has not finished. Repeat with the same key after a moment.',
  ),
  edit_conflict: entry(
    412,
    'Changed in the meantime',
    'The resource is not in the version that the change was made for. Read it again.',
  ),
  request_timeout: entry(
    408,
    'Request timeout',
    'The headers or the body did not arrive within the time limit. Send the request again.',
  ),
  payload_too_large: entry(413, 'Body too large', 'The body exceeds the limit that the answer names.'),
  unsupported_media_type: entry(
    415,
    'Unsupported media type',
    'The body is compressed or of a type that is not read here. Send it as uncompressed JSON.',
  ),
  invalid_input: entry(422, 'Invalid input', 'The fields named do not keep their rules.'),
  payment_not_possible: entry(
    422,
    'Payment not possible',
    "The provider can never charge this order: its total is outside the provider's limits, or it does not charge the order's currency. Nothing was charged, and no further attempt can succeed: cancel the order or let it expire.",
  ),
  idempotency_conflict: entry(
    422,
    'Idempotency key used before',
    'The same idempotency key came with a different request. Use a new key for a new request.',
  ),
  too_many_attempts: entry(
    429,
    'Too many attempts',
    'Too many failed logins or password changes, or too many registrations, for this account or address. Wait for the time given.',
  ),
  rate_limited: entry(429, 'Too many requests', 'Slow down and wait for the time given.'),
  headers_too_large: entry(
    431,
    'Request header fields too large',
    'The request line and headers exceed the limit that the answer names. Send fewer or shorter headers.',
  ),
  internal: entry(
    500,
    'Internal error',
    'Our fault. The request_id finds it in the log.',
    'INTERNAL_SERVER_ERROR',
  ),
  upstream_unavailable: entry(
    503,
    'Temporarily unavailable',
    'Something that this needs does not answer. Repeat after the time given.',
  ),
};

export type ErrorCode = keyof typeof entries;

/**
 * All error codes. `Problem.code` in the graph, the facade's statuses, the OpenAPI document and the
 * docs page are derived from it.
 */
export const errorRegistry: Readonly<Record<ErrorCode, ErrorEntry>> = Object.fromEntries(
  Object.entries(entries).map(([code, value]) => [
    code,
    { ...value, graphqlCode: value.graphqlCode || code.toUpperCase() },
  ]),
) as Record<ErrorCode, ErrorEntry>;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorRegistry, value);
}

const byGraphqlCode = new Map(
  (Object.keys(errorRegistry) as ErrorCode[]).map((code) => [errorRegistry[code].graphqlCode, code]),
);

/** The registry's code for a GraphQL error's `extensions.code`, or undefined if unknown. */
export function codeOfGraphqlCode(graphqlCode: unknown): ErrorCode | undefined {
  return typeof graphqlCode === 'string' ? byGraphqlCode.get(graphqlCode) : undefined;
}
