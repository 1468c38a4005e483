/** An HTTP response with its body: parsed if it is JSON, else text. */
export interface HttpResponse<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Options of a request. */
export interface RequestOptions {
  /** Access token, without "Bearer". */
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * `await rest(stack.gatewayUrl)('POST', '/v1/orders', { token, body: { items } })`; returns a
 * response for every status.
 */
export function rest(gatewayUrl: string) {
  return async <Body = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body, headers }: RequestOptions = {},
  ): Promise<HttpResponse<Body>> => {
    const response = await fetch(new URL(path, gatewayUrl), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  };
}

/** A GraphQL response. */
export interface GraphqlBody<Data> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/**
 * `await graphql(stack.gatewayUrl)(query, { variables, token })`; errors are part of the response.
 */
export function graphql(gatewayUrl: string) {
  const send = rest(gatewayUrl);
  return <Data = Record<string, unknown>>(
    query: string,
    { variables, ...options }: Omit<RequestOptions, 'body'> & { variables?: Record<string, unknown> } = {},
  ): Promise<HttpResponse<GraphqlBody<Data>>> =>
    send('POST', '/graphql', { ...options, body: { query, variables } });
}
