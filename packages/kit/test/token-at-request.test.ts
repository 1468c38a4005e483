import { randomUUID } from 'node:crypto';
import type { RunningService, SubgraphContext } from '@shop/kit/service';
import { graphql } from '@shop/testkit/http';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import { startBareSubgraph } from './support/bare-subgraph';

let service: RunningService;

beforeAll(async () => {
  service = await startBareSubgraph({
    typeDefs: 'type Query { viewer: String }',
    resolvers: {
      Query: {
        viewer: (_parent: unknown, _args: unknown, { viewer }: SubgraphContext) =>
          viewer.kind === 'user' ? 'user' : viewer.reason,
      },
    },
  });
});
afterAll(() => service.stop());
afterEach(() => jest.restoreAllMocks());

/** Valid for ten minutes, and a minute of leeway. */
function tokenSigned(secondsAgo: number): string {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - secondsAgo * 1_000);
  const token = userToken({ userId: randomUUID() });
  jest.restoreAllMocks();
  return token;
}

async function viewerOf(token: string, beganSecondsAgo?: number): Promise<unknown> {
  const headers = {
    'x-service-authorization': `Bearer ${serviceCredential('gateway', 'product')}`,
    ...(beganSecondsAgo !== undefined && {
      'x-request-began-at': String(Date.now() - beganSecondsAgo * 1_000),
    }),
  };
  return (await graphql(service.url)<{ viewer: string }>('{ viewer }', { token, headers })).body.data?.viewer;
}

describe("A request's token", () => {
  test('that expires during its request stays valid for that request', async () => {
    expect(await viewerOf(tokenSigned(665), 10)).toBe('user');
  });

  test('that expired before its request started is rejected', async () => {
    const token = tokenSigned(665);
    expect(await viewerOf(token)).toBe('expired_token');
    expect(await viewerOf(token, 4)).toBe('expired_token');
  });

  test('is not made valid by a request that claims an old start', async () => {
    expect(await viewerOf(tokenSigned(700), 3_600)).toBe('expired_token');
  });
});
