import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { failed } from './responses';
import { IdempotencyKeys } from './idempotency';
import { PaymentIntents } from './payment-intents';
import { Refunds } from './refunds';
import { handle } from './routes';

/** The faults of a request, by path. */
export type Trouble =
  /** The request is processed without a response. */
  | 'silent'
  /** The request is processed and the connection closed without a response; once. */
  | 'hangs_up'
  /** The request fails with 500 and is not processed. */
  | 'fails'
  /** It fails with 429 and nothing is done: https://docs.stripe.com/rate-limits */
  | 'limited';

/**
 * A fake api.stripe.com for the calls of the adapter, with Stripe's rules, status codes and faults.
 */
export interface StripeServer {
  url: string;
  secretKey: string;
  intents: PaymentIntents;
  refunds: Refunds;
  keys: IdempotencyKeys;
  /** The received requests, for example `POST /v1/payment_intents`. */
  requests: string[];
  /** Sets the faults of matching paths; without an argument, removes them. */
  trouble(kind?: Trouble, path?: RegExp): void;
  /** Connections are rejected until `plugIn`. */
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
  let fault: { kind?: Trouble; path: RegExp } = { path: /./ };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? '', 'http://stripe');
    const method = request.method ?? '';
    requests.push(`${method} ${url.pathname}`);
    if (request.headers.authorization !== `Bearer ${secretKey}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(unauthorized));
      return;
    }
    const trouble = fault.path.test(url.pathname) ? fault.kind : undefined;
    const key = request.headers['idempotency-key'];
    const { status, isReplay, ...handled } = await keys.run(
      typeof key === 'string' ? key : undefined,
      `${method} ${url.pathname} ${body}`,
      () => {
        if (trouble === 'fails') return Promise.resolve(serverError);
        if (trouble === 'limited') return Promise.resolve(rateLimited);
        return handle(account, { method, url, body });
      },
    );
    if (trouble === 'silent') return;
    if (trouble === 'hangs_up') {
      fault = { path: /./ };
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(status, {
      'content-type': 'application/json',
      'request-id': `req_${requests.length}`,
      'stripe-version': request.headers['stripe-version'] ?? 'none',
      ...(isReplay ? { 'idempotent-replayed': 'true' } : {}),
    });
    response.end(handled.body);
  }

  const server = createServer((request, response) => void respond(request, response));
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
      fault = kind ? { kind, path } : { path };
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
