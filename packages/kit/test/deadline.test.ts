import { timeLeftMs } from '@shop/kit/deadline';
import type { RunningService } from '@shop/kit/service';
import { rest } from '@shop/testkit/http';
import { serviceCredential } from '@shop/testkit/keys';
import { startBareSubgraph } from './support/bare-subgraph';

let service: RunningService;
let started = 0;

beforeAll(async () => {
  service = await startBareSubgraph({
    typeDefs: 'type Query { timeLeftMs: Float }',
    resolvers: {
      Query: {
        timeLeftMs() {
          started += 1;
          return timeLeftMs() === Infinity ? null : timeLeftMs();
        },
      },
    },
  });
});
beforeEach(() => {
  started = 0;
});
afterAll(() => service.stop());

function ask(headers: Record<string, string>) {
  const credential = `Bearer ${serviceCredential('gateway', 'product')}`;
  return rest(service.url)('POST', '/graphql', {
    body: { query: '{ timeLeftMs }' },
    headers: { 'x-service-authorization': credential, ...headers },
  });
}

describe('A request to a subgraph', () => {
  test('has no deadline if its caller sets none', async () => {
    expect(await ask({})).toMatchObject({ body: { data: { timeLeftMs: null } } });
  });

  test('has the deadline of its caller', async () => {
    const { body } = await ask({ 'x-request-timeout-ms': '60000' });
    const { timeLeftMs: left } = (body as { data: { timeLeftMs: number } }).data;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(59_900);
  });

  test('is not started after its deadline', async () => {
    expect(await ask({ 'x-request-timeout-ms': '0' })).toMatchObject({
      status: 503,
      body: { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] },
    });
    expect(started).toBe(0);
  });

  test('has a deadline only from a caller with a credential', async () => {
    const response = await ask({ 'x-service-authorization': 'Bearer none', 'x-request-timeout-ms': '0' });
    expect(response.status).toBe(401);
  });
});
