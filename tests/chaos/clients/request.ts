/** `status` is null without a response. */
export interface ShopResponse {
  status: number | null;
  code: string | null;
  body: Record<string, unknown>;
}

export interface ShopRequest {
  method: 'GET' | 'POST';
  path: string;
  token?: string;
  key?: string;
  body?: object;
}

export type SendRequest = (request: ShopRequest) => Promise<ShopResponse>;

/** Longer than the gateway's own timeout. */
const responseTimeoutMs = 15_000;

/** Sends requests to /v1; a network error resolves with status null. */
export function requestsTo(gatewayUrl: string): SendRequest {
  return async ({ method, path, token, key, body }) => {
    try {
      const response = await fetch(new URL(path, gatewayUrl), {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...(key && { 'idempotency-key': key }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(responseTimeoutMs),
      });
      return read(response.status, await response.text());
    } catch {
      return { status: null, code: null, body: {} };
    }
  };
}

function read(status: number, text: string): ShopResponse {
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    return { status, code: typeof body['code'] === 'string' ? body['code'] : null, body };
  } catch {
    return { status, code: null, body: {} };
  }
}
