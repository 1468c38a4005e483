import { Agent, type IncomingHttpHeaders, request, type RequestOptions } from 'node:http';

/** What came back, unread. */
export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface RawRequest {
  method?: string;
  /** Percent-encoded already, however badly. */
  path: string;
  token?: string | undefined;
  /** Values hold bytes, one per character: see `headerValue`. */
  headers?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown;
}

/** Sends what no client library would send. */
export interface RawClient {
  /** Rejects when there is no answer at all. */
  send(request: RawRequest): Promise<RawResponse>;
  close(): void;
}

const requestsAtOnce = 8;

/** Requests beyond eight at once wait for their turn. */
export function openRawClient(gatewayUrl: string): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: requestsAtOnce });
  const { hostname, port } = new URL(gatewayUrl);
  return {
    send(given) {
      const payload = payloadOf(given.body);
      const { path, method = payload ? 'POST' : 'GET' } = given;
      return exchange({ agent, hostname, port, path, method, headers: headersOf(given, payload) }, payload);
    },
    close: () => agent.destroy(),
  };
}

/** The server closes a connection after some refusals, perhaps while the next request is on its way: that one is sent again, once. */
async function exchange(options: RequestOptions, payload: Buffer | undefined): Promise<RawResponse> {
  try {
    return await exchangeOnce(options, payload);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return exchangeOnce(options, payload);
  }
}

function exchangeOnce(options: RequestOptions, payload: Buffer | undefined): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

function headersOf({ token, headers }: RawRequest, payload: Buffer | undefined): Record<string, string> {
  return {
    ...(payload && { 'content-type': 'application/json', 'content-length': String(payload.length) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...headers,
  };
}

/** JSON.stringify writes lone surrogates as escapes, so they arrive; in a text that is sent as it is they cannot. */
function payloadOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The text's UTF-8 as a header can carry it; undefined when it cannot: HTTP itself has no way to send a line break there. */
export function headerValue(text: string): string | undefined {
  const bytes = Buffer.from(text).toString('latin1');
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes : undefined;
}

/** As `encodeURIComponent`, which refuses lone surrogates: those become the three bytes that are no UTF-8. */
export function percentEncoded(text: string): string {
  return [...text]
    .map((character) =>
      character.isWellFormed() ? encodeURIComponent(character) : surrogateBytes(character.charCodeAt(0)),
    )
    .join('');
}

function surrogateBytes(codeUnit: number): string {
  const bytes = [0xe0 | (codeUnit >> 12), 0x80 | ((codeUnit >> 6) & 0x3f), 0x80 | (codeUnit & 0x3f)];
  return bytes.map((byte) => `%${byte.toString(16)}`).join('');
}
