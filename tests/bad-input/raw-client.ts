import { Agent, type IncomingHttpHeaders, request, type RequestOptions } from 'node:http';

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface RawRequest {
  method?: string;
  /** Sent as it is: already percent-encoded, validly or not. */
  path: string;
  token?: string | undefined;
  /** One character for each byte of a value: see `headerValue`. */
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
}

/** Sends malformed requests, which HTTP client libraries reject. */
export interface RawClient {
  /** Rejects if there is no response. */
  send(request: RawRequest): Promise<RawResponse>;
  close(): void;
}

const maxConcurrency = 8;

/** Sends up to eight requests concurrently and queues the rest. */
export function openRawClient(gatewayUrl: string): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: maxConcurrency });
  const { hostname, port } = new URL(gatewayUrl);
  return {
    send(options) {
      const payload = payloadOf(options.body);
      const { path, method = payload ? 'POST' : 'GET' } = options;
      return exchange({ agent, hostname, port, path, method, headers: headersOf(options, payload) }, payload);
    },
    close: () => agent.destroy(),
  };
}

/** Retries once on ECONNRESET: the server closes the connection after some rejected requests. */
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

/** JSON.stringify escapes lone surrogates. In a string that is sent as it is they are lost. */
function payloadOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The UTF-8 bytes of the text as characters; undefined if a header cannot contain them. */
export function headerValue(text: string): string | undefined {
  const bytes = Buffer.from(text).toString('latin1');
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes : undefined;
}

/** Like `encodeURIComponent`, but encodes lone surrogates as three bytes of invalid UTF-8. */
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
