import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { failed } from './answers';
import { IdempotencyKeys } from './idempotency';
import { PaymentIntents } from './payment-intents';
import { Refunds } from './refunds';
import { answerOf } from './routes';

/** What may happen to a request, by its path. */
export type Trouble =
  /** It is carried out, and no answer comes. */
  | 'silent'
  /** It is carried out, and the connection closed instead of an answer; once. */
  | 'hangs_up'
  /** It fails with 500 and nothing is done. */
  | 'fails'
  /** It fails with 429 and nothing is done: https://docs.stripe.com/rate-limits */
  | 'limited';

/** Stands where api.stripe.com would, for the calls of the adapter: its words, statuses and rules, and its moods. */
export interface StripeServer {
  url: string;
  secretKey: string;
  intents: PaymentIntents;
  refunds: Refunds;
  keys: IdempotencyKeys;
  /** Requests that came, as `POST /v1/payment_intents`. */
  requests: string[];
  /** From now on, for paths that match; none: all is well again. */
  trouble(kind?: Trouble, path?: RegExp): void;
  /** Connections are refused until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStripeServer(): Promise<StripeServer> {
  const intents = new PaymentIntents();
  const account = { intents, refunds: new Refunds(intents) };
  const keys = new IdempotencyKeys();
  const requests: string[] = [];
  const secretKey = 'sk_test_of_the_test_server';
  let mood: { kind?: Trouble; path: RegExp } = { path: /./ };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? '', 'http://stripe');
    const method = request.method ?? '';
    requests.push(`${method} ${url.pathname}`);
    if (request.headers.authorization !== `Bearer ${secretKey}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(unauthorized));
      return;
    }
    const trouble = mood.path.test(url.pathname) ? mood.kind : undefined;
    const key = request.headers['idempotency-key'];
    const { status, isReplay, ...answered } = await keys.answer(
      typeof key === 'string' ? key : undefined,
      `${method} ${url.pathname} ${body}`,
      () => {
        if (trouble === 'fails') return Promise.resolve(serverError);
        if (trouble === 'limited') return Promise.resolve(rateLimited);
        return answerOf(account, { method, url, body });
      },
    );
    if (trouble === 'silent') return;
    if (trouble === 'hangs_up') {
      mood = { path: /./ };
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(status, {
      'content-type': 'application/json',
      'request-id': `req_${requests.length}`,
      'stripe-version': request.headers['stripe-version'] ?? 'none',
      ...(isReplay ? { 'idempotent-replayed': 'true' } : {}),
    });
    response.end(answered.body);
  }

  const server = createServer((request, response) => void answer(request, response));
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    secretKey,
    ...account,
    keys,
    requests,
    trouble(kind, path = /./) {
      mood = kind ? { kind, path } : { path };
    },
    unplug: close,
    plugIn: () => listen(port),
    stop: close,
  };
}

const unauthorized = {
  error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****.' },
};

const rateLimited = failed(429, {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Too many requests.',
});

const serverError = failed(500, { type: 'api_error', message: 'An unknown error occurred.' });
