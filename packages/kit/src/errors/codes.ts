export interface GenericError {
  /** The meaning, and what the client can do: the default message. */
  message: string;
  /** `extensions.code` of a GraphQL error; default: the code in upper case. */
  graphqlCode?: string;
  /** The request was valid: the failure is logged. */
  isServerFault?: boolean;
}

/** The error codes that any service can respond with. A domain's codes are in its subgraph. */
export const genericErrors = {
  bad_request: {
    message:
      'The request cannot be read as it is: broken JSON, an unknown or ill-typed parameter, a bad cursor. Correct it; the same request fails again.',
    graphqlCode: 'BAD_USER_INPUT',
  },
  unauthenticated: {
    message: 'No access token, or one that is expired or not valid. Sign in, or refresh the session.',
  },
  forbidden: { message: 'Signed in, but this needs another role.' },
  not_found: { message: 'There is no such route or resource, or it is not yours.' },
  idempotency_in_progress: {
    message:
      'The first request with this idempotency key has not finished. Repeat with the same key after a moment.',
  },
  edit_conflict: {
    message: 'The resource is not in the version that the change was made for. Read it again.',
  },
  request_timeout: {
    message: 'The headers or the body did not arrive within the time limit. Send the request again.',
  },
  payload_too_large: { message: 'The body exceeds the limit that the answer names.' },
  unsupported_media_type: {
    message: 'The body is compressed or of a type that is not read here. Send it as uncompressed JSON.',
  },
  invalid_input: { message: 'The fields named do not keep their rules.' },
  idempotency_conflict: {
    message: 'The same idempotency key came with a different request. Use a new key for a new request.',
  },
  rate_limited: { message: 'Slow down and wait for the time given.' },
  headers_too_large: {
    message:
      'The request line and headers exceed the limit that the answer names. Send fewer or shorter headers.',
  },
  internal: {
    message: 'Our fault. The request_id finds it in the log.',
    graphqlCode: 'INTERNAL_SERVER_ERROR',
    isServerFault: true,
  },
  upstream_unavailable: {
    message: 'Something that this needs does not answer. Repeat after the time given.',
    isServerFault: true,
  },
} as const satisfies Record<string, GenericError>;

export type GenericCode = keyof typeof genericErrors;

const generic: Readonly<Record<string, GenericError | undefined>> = genericErrors;

/** `extensions.code` of a GraphQL error with this code. */
export function graphqlCodeOf(code: string): string {
  return generic[code]?.graphqlCode ?? code.toUpperCase();
}

export function isServerFault(code: string): boolean {
  return generic[code]?.isServerFault ?? false;
}
