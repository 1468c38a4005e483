/** An answer of the shop; status null: there was none. */
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

/** Longer than the gateway takes to give up; a connection that hangs is no answer. */
const answerTimeoutMs = 15_000;

/** Requests to /v1 as a customer's program makes them: whatever goes wrong on the way is no answer. */
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
        signal: AbortSignal.timeout(answerTimeoutMs),
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
