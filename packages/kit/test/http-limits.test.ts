import type { RunningService } from '@shop/kit/service';
import { exchangeRaw, openRawSocket, readUntilClosed } from '@shop/testkit/raw-socket';
import { startBareSubgraph } from './support/bare-subgraph';

const schema = {
  typeDefs: 'type Query { nothing: Boolean }',
  resolvers: { Query: { nothing: () => null } },
};
const head = 'POST /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json';

describe('A subgraph', () => {
  let subgraph: RunningService;
  beforeAll(async () => {
    subgraph = await startBareSubgraph(schema, {
      HTTP_HEADERS_TIMEOUT_MS: '300',
      HTTP_REQUEST_TIMEOUT_MS: '300',
    });
  });
  afterAll(() => subgraph?.stop());

  it('returns 408 if a body does not arrive in time', async () => {
    const socket = await openRawSocket(subgraph.url);
    const response = readUntilClosed(socket);
    socket.write(`${head}\r\nContent-Length: 10\r\n\r\n{`);
    expect((await response).status).toBe(408);
  });

  it.each([
    ['bytes that are not UTF-8', '', 400],
    ['another charset', '; charset=utf-16', 400],
    ['a Content-Encoding', '\r\nContent-Encoding: gzip', 415],
  ])('rejects a body with %s', async (_what, headers, status) => {
    const body = Buffer.from('{"query":"\xfc"}', 'latin1');
    const bytes = Buffer.concat([
      Buffer.from(`${head}${headers}\r\nContent-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
    expect((await exchangeRaw(subgraph.url, bytes)).status).toBe(status);
  });

  it.each([
    ['reads a body with the keys of 10,000 entities, then asks for a credential', 10_000, 401],
    ['rejects a body beyond 4 MiB', 50_000, 413],
  ])('%s', async (_what, count, status) => {
    const key = { __typename: 'Product', id: '01890000-0000-7000-8000-000000000000', sku: 'x'.repeat(30) };
    const body = JSON.stringify({
      query: '{ nothing }',
      variables: { representations: Array(count).fill(key) },
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${subgraph.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBe(status);
  });
});
