import { readSubgraphAnswer } from './subgraph-response';

it.each([200, 400])('takes a GraphQL answer with HTTP %i', (status) => {
  const text = '{"errors":[{"message":"m"}]}';
  expect(readSubgraphAnswer(status, text)).toEqual({ kind: 'answer', answer: JSON.parse(text) });
});

it('takes null data', () => {
  expect(readSubgraphAnswer(200, '{"data":null}').kind).toBe('answer');
});

it.each([500, 502, 503])('holds HTTP %i for a subgraph that may work in a moment', (status) => {
  expect(readSubgraphAnswer(status, '{"data":{}}').kind).toBe('unavailable');
});

it.each([401, 403])(
  "never shows HTTP %i, which refuses the gateway's credential, as the person's",
  (status) => {
    expect(readSubgraphAnswer(status, '{"errors":[{"message":"m"}]}').kind).toBe('broken');
  },
);

it.each(['', '<html>', 'null', '[]', '{}', '"x"', '{"errors":{}}'])(
  'takes %j for no GraphQL answer',
  (text) => {
    expect(readSubgraphAnswer(200, text).kind).toBe('broken');
  },
);

it.each([413, 431])('reports HTTP %i as a client request that is too long', (status) => {
  expect(readSubgraphAnswer(status, '{"errors":[{"message":"m"}]}').kind).toBe('too_large');
});
