import { eventually } from '@shop/testkit/eventually';
import { type HttpResponse, graphql, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

const loginByFragment = /* GraphQL */ `
  mutation ($input: LoginInput!) {
    ...Login
  }
  fragment Login on Mutation {
    login(input: $input) {
      __typename
    }
  }
`;

interface LoginResult {
  isLoggedIn: boolean;
  code: unknown;
  retryAfterSeconds: number;
}

describe('with one hashing slot and one waiting login', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({
      seedProducts: 1,
      serviceEnv: {
        gateway: { SIGN_INS_AT_ONCE: '1', SIGN_INS_WAITING: '1', SUBGRAPH_TIMEOUT_MS: '60000' },
      },
    });
  });
  afterAll(() => stack?.stop());

  const byRest = async (): Promise<LoginResult> => {
    const { status, headers, body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', {
      body: stack.admin,
    });
    return {
      isLoggedIn: status === 200,
      code: body['code'],
      retryAfterSeconds: Number(headers.get('retry-after')),
    };
  };

  const byGraphql = async (): Promise<LoginResult> => {
    const { body }: HttpResponse<{ data?: unknown; errors?: { extensions?: Record<string, unknown> }[] }> =
      await graphql(stack.gatewayUrl)(loginByFragment, { variables: { input: stack.admin } });
    const extensions = body.errors?.[0]?.extensions;
    return {
      isLoggedIn: JSON.stringify(body.data) === '{"login":{"__typename":"AuthSession"}}',
      code: extensions?.['code'],
      retryAfterSeconds: Number(extensions?.['retryAfterSeconds']),
    };
  };

  const rejected = async (kind: string): Promise<number> => {
    const { body } = await rest(stack.gatewayUrl)<string>('GET', '/metrics');
    const line = new RegExp(`^graphql_sign_ins_refused_total\\{kind="${kind}"\\} (\\d+)$`, 'm');
    return Number(line.exec(body)?.[1] ?? 0);
  };

  it.each([
    ['REST', byRest, 'upstream_unavailable'],
    ['GraphQL, in a fragment', byGraphql, 'UPSTREAM_UNAVAILABLE'],
  ])(
    'rejects the third login with a retry time, then the second, and serves other requests meanwhile: %s',
    async (_name, logIn, code) => {
      const before = {
        overloaded: await rejected('overloaded'),
        deadline: await rejected('deadline_exceeded'),
      };
      const { user } = stack.services;
      const done: LoginResult[] = [];
      user.kill('SIGSTOP');
      const all = Promise.all(
        Array.from({ length: 3 }, async () => {
          done.push(await logIn());
        }),
      );
      try {
        await eventually(() => expect(done).toHaveLength(1));
        expect((await rest(stack.gatewayUrl)('GET', '/v1/products')).status).toBe(200);
        await eventually(() => expect(done).toHaveLength(2));
      } finally {
        user.kill('SIGCONT');
      }
      await all;

      expect(done.map(({ isLoggedIn }) => isLoggedIn)).toEqual([false, false, true]);
      for (const { code: received, retryAfterSeconds } of done.slice(0, 2)) {
        expect(received).toBe(code);
        expect(retryAfterSeconds).toBeGreaterThanOrEqual(2);
        expect(retryAfterSeconds).toBeLessThanOrEqual(8);
      }
      expect(await rejected('overloaded')).toBe(before.overloaded + 1);
      expect(await rejected('deadline_exceeded')).toBe(before.deadline + 1);
    },
  );
});
