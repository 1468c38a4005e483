import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { runWithRequestContext } from '../request-context';
import { createPeer, type Peer, PeerError } from '.';

const document = parse('mutation Reserve { reserve }') as TypedDocumentNode<{ reserve: boolean }, object>;
const credentials = { for: (target: string) => `credential-for-${target}` };

let server: Server | undefined;
let peer: Peer | undefined;

async function listen(listener: RequestListener): Promise<Peer> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const { port } = listening.address() as AddressInfo;
  return (peer = createPeer({
    name: 'product',
    url: `http://127.0.0.1:${port}/graphql`,
    credentials,
    timeoutMs: 1_000,
  }));
}

async function closeServer(): Promise<void> {
  const closing = server;
  server = undefined;
  closing?.closeAllConnections();
  if (closing) await new Promise((done) => closing.close(done));
}

afterEach(async () => {
  await peer?.close();
  peer = undefined;
  await closeServer();
});

async function failure(call: Promise<unknown>): Promise<PeerError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PeerError)) throw new Error(`expected a PeerError, not ${String(error)}`);
  return error;
}

describe('a call to another service', () => {
  test('sends the credential for that service and the request ID', async () => {
    const headers: Record<string, unknown>[] = [];
    const product = await listen((request, response) => {
      headers.push(request.headers);
      response.end('{"data":{"reserve":true}}');
    });

    const data = await runWithRequestContext({ requestId: 'r-1' }, () => product.execute(document, {}));

    expect(data).toEqual({ reserve: true });
    expect(headers).toEqual([
      expect.objectContaining({
        'x-service-authorization': 'Bearer credential-for-product',
        'x-request-id': 'r-1',
      }),
    ]);
  });

  test('to a closed port has the outcome not_sent', async () => {
    const product = await listen(() => undefined);
    await closeServer();

    expect(await failure(product.execute(document, {}))).toMatchObject({ outcome: 'not_sent' });
  });

  test.each<[string, RequestListener]>([
    ['has no response in time', () => undefined],
    ['is cut off', (request) => request.socket.destroy()],
    ['has a response that is not JSON', (_request, response) => response.writeHead(502).end('<html>')],
    [
      'fails inside the other service',
      (_request, response) =>
        response.end('{"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'),
    ],
  ])('that %s has an unknown outcome', async (_name, listener) => {
    const product = await listen(listener);

    expect(await failure(product.execute(document, {}))).toMatchObject({ outcome: 'unknown' });
  });

  test('that the other service rejects has the error code', async () => {
    const product = await listen((_request, response) =>
      response.end('{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}'),
    );

    expect(await failure(product.execute(document, {}))).toMatchObject({
      outcome: 'refused',
      graphqlCode: 'FORBIDDEN',
    });
  });

  const breaksOffOnce = () => {
    let count = 0;
    const listener: RequestListener = (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.end('{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}');
    };
    return { listener, received: () => count };
  };

  test('is retried if it is idempotent; a rejection then has the outcome unknown', async () => {
    const { listener, received } = breaksOffOnce();
    const product = await listen(listener);

    const rejected = await failure(product.execute(document, {}, { isIdempotent: true }));

    expect(rejected).toMatchObject({ outcome: 'unknown', graphqlCode: 'FORBIDDEN' });
    expect(received()).toBe(2);
  });

  test('that is not idempotent is not retried once it may have arrived', async () => {
    const { listener, received } = breaksOffOnce();
    const product = await listen(listener);

    expect(await failure(product.execute(document, {}))).toMatchObject({ outcome: 'unknown' });
    expect(received()).toBe(1);
  });

  test('is not sent while the circuit is open', async () => {
    let received = 0;
    const product = await listen((request) => {
      received += 1;
      request.socket.destroy();
    });
    for (let count = 0; count < 5; count += 1) await failure(product.execute(document, {}));

    expect(await failure(product.execute(document, {}))).toMatchObject({ outcome: 'not_sent' });
    expect(received).toBe(5);
  });

  test('ends at the deadline of the current request', async () => {
    const product = await listen(() => undefined);
    const call = (deadlineMs: number) =>
      runWithRequestContext({ requestId: 'r-1', deadlineMs }, () => failure(product.execute(document, {})));

    expect(await call(performance.now())).toMatchObject({ outcome: 'not_sent' });
    expect(await call(performance.now() + 50)).toMatchObject({
      outcome: 'unknown',
      message: 'product: no response (deadline_too_short)',
    });
  });

  test.each([
    ['', 'product: HTTP 400'],
    ['null', 'product: HTTP 400'],
    ['{"error":"not a valid event"}', 'product: HTTP 400: not a valid event'],
  ])('of an event is rejected by any status but 2xx, with the reason in %j', async (body, message) => {
    const product = await listen((_request, response) => response.writeHead(400).end(body));

    expect(await failure(product.post('/events', {}))).toMatchObject({
      ...{ outcome: 'refused', httpStatus: 400, message },
    });
  });
});
