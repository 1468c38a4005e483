import { readSubgraphResponse } from './subgraph-response';

it.each([200, 400])('accepts a GraphQL response with HTTP %i', (status) => {
  const text = '{"errors":[{"message":"m"}]}';
  expect(readSubgraphResponse(status, text)).toEqual({ kind: 'response', response: JSON.parse(text) });
});

it('accepts null data', () => {
  expect(readSubgraphResponse(200, '{"data":null}').kind).toBe('response');
});

it.each([500, 502, 503])('reports HTTP %i as unavailable', (status) => {
  expect(readSubgraphResponse(status, '{"data":{}}').kind).toBe('unavailable');
});

it.each([401, 403])(
  "reports HTTP %i, which rejects the gateway's credential, as an invalid response",
  (status) => {
    expect(readSubgraphResponse(status, '{"errors":[{"message":"m"}]}').kind).toBe('invalid');
  },
);

it.each(['', '<html>', 'null', '[]', '{}', '"x"', '{"errors":{}}'])(
  'reports %j as an invalid response',
  (text) => {
    expect(readSubgraphResponse(200, text).kind).toBe('invalid');
  },
);

it.each([413, 431])('reports HTTP %i as a request that is too long', (status) => {
  expect(readSubgraphResponse(status, '{"errors":[{"message":"m"}]}').kind).toBe('too_large');
});
