import type { ReceivedSpan } from '@shop/testkit/otlp-receiver';
import { resolveExemplars } from './exemplars';

const request = { service: 'order', method: 'POST', route: '/graphql' };
const exemplar = (traceId: string, series: Record<string, string> = request) => ({
  series,
  labels: { trace_id: traceId },
});
const span = (more: Partial<ReceivedSpan> = {}): ReceivedSpan => ({
  ...{ service: 'order', resource: {}, name: 'POST /graphql', kind: 'server', traceId: 'a', spanId: '1' },
  ...{ parentSpanId: undefined, startMs: 0, endMs: 1, links: [], isError: false },
  attributes: { 'http.request.method': 'POST', 'http.route': '/graphql' },
  ...more,
});

describe('resolveExemplars', () => {
  it('finds the request of an exemplar by service, method, route and trace', () => {
    expect(resolveExemplars([exemplar('b'), exemplar('a')], [span()], ['order'])).toEqual({
      exemplars: 2,
      resolved: 1,
      examples: ['order POST /graphql a'],
      unresolvedServices: [],
    });
  });

  it.each([
    ['another trace', span({ traceId: 'b' })],
    ['another service', span({ service: 'payment' })],
    ['another kind', span({ kind: 'client' })],
    [
      'another route',
      span({ attributes: { 'http.request.method': 'POST', 'http.route': '/webhooks/:provider' } }),
    ],
    ['another method', span({ attributes: { 'http.request.method': 'GET', 'http.route': '/graphql' } })],
  ])('does not accept a span of %s', (_title, other) => {
    expect(resolveExemplars([exemplar('a')], [other], ['order'])).toMatchObject({
      resolved: 0,
      unresolvedServices: ['order'],
    });
  });

  it('names the services without exemplars', () => {
    expect(resolveExemplars([exemplar('a')], [span()], ['order', 'user']).unresolvedServices).toEqual([
      'user',
    ]);
  });
});
