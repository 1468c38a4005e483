import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

const subgraphTimeoutMs = 500;

describe('gateway with an unavailable subgraph', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({
      seedProducts: 3,
      restart: false,
      serviceEnv: { gateway: { SUBGRAPH_QUERY_TIMEOUT_MS: String(subgraphTimeoutMs) } },
    });
  });
  afterAll(() => stack?.stop());

  const states = async () => {
    const { status, body } = await rest(stack.gatewayUrl)('GET', '/readyz');
    return { status, ...(body['subgraphs'] as Record<string, string>) };
  };
  const unavailable = (subgraph: string, field: string) => ({
    message: `The ${subgraph} service is unavailable.`,
    path: [field],
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1, traceId: expect.any(String) as string },
  });

  it('is ready with every subgraph up', async () => {
    expect(await states()).toEqual({ status: 200, user: 'up', product: 'up', order: 'up', payment: 'up' });
  });

  it('reports a killed subgraph as unavailable, serves the others, and uses it again after its restart', async () => {
    const { product } = stack.services;
    product.kill('SIGKILL');
    const failed = await eventually(async () => {
      const response = await graphql(stack.gatewayUrl)('{ products { nodes { id } } }');
      expect(response.body.errors).toEqual([unavailable('product', 'products')]);
      return response;
    });
    expect(JSON.stringify(failed.body)).not.toContain('127.0.0.1');
    const login = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
    expect(login.status).toBe(200);
    await eventually(async () =>
      expect(await states()).toMatchObject({ status: 200, product: 'down', user: 'up' }),
    );
    await product.start();
    await eventually(async () => expect(await states()).toMatchObject({ status: 200, product: 'up' }));
    expect((await rest(stack.gatewayUrl)('GET', '/v1/products')).status).toBe(200);
  });

  it('returns the fields of the other subgraphs when one does not respond within the time limit', async () => {
    const { product } = stack.services;
    const { body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', { body: stack.admin });
    const token = String(body['access_token']);
    product.kill('SIGSTOP');
    try {
      const query = '{ me { email } productBySku(sku: "none") { id } }';
      const response = await graphql(stack.gatewayUrl)(query, { token });
      expect(response.body).toEqual({
        data: { me: { email: stack.admin.email }, productBySku: null },
        errors: [unavailable('product', 'productBySku')],
      });
      expect((await rest(stack.gatewayUrl)('GET', '/v1/products')).status).toBe(503);
    } finally {
      product.kill('SIGCONT');
    }
    await eventually(async () =>
      expect((await rest(stack.gatewayUrl)('GET', '/v1/products')).status).toBe(200),
    );
  });

  it('a subgraph rejects requests without a service credential', async () => {
    const direct = await graphql(stack.services.product.url)('{ products { nodes { id } } }');
    expect(direct.status).toBe(401);
  });
});
