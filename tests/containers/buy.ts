import { randomUUID } from 'node:crypto';
import { graphql, rest } from '@shop/testkit/http';

/** A customer's way through one of the two APIs. Each step returns only what the next one needs. */
interface Purchases {
  /** @returns an access token */
  register(email: string, password: string): Promise<string>;
  /** @returns the ID of a product in stock */
  chooseProduct(): Promise<string>;
  createOrder(token: string, productId: string): Promise<string>;
  /** @returns the status of the order, and the code of a failed payment */
  pay(token: string, orderId: string, method: string): Promise<{ status: string; code?: string | undefined }>;
}

/** Buys seeded products through both APIs, and has a payment declined in each. @throws at the first failure */
export async function buyThroughBothApis(url: string, log: (line: string) => void): Promise<void> {
  for (const [name, api] of [
    ['GraphQL', throughGraphql(url)],
    ['REST', throughRest(url)],
  ] as const) {
    const token = await api.register(`smoke-${randomUUID()}@example.com`, `Smoke-${randomUUID()}`);
    const productId = await api.chooseProduct();
    const bought = await api.pay(token, await api.createOrder(token, productId), 'sim_success');
    assertThat(bought.status === 'CONFIRMED', `${name}: the order is CONFIRMED`, bought);
    log(`ok  ${name}: bought, the order is CONFIRMED`);
    const declined = await api.pay(token, await api.createOrder(token, productId), 'sim_declined');
    assertThat(declined.code === 'payment_declined', `${name}: the payment is declined`, declined);
    assertThat(
      declined.status === 'CANCELLED',
      `${name}: the order of the declined payment is CANCELLED`,
      declined,
    );
    log(`ok  ${name}: declined, the order is CANCELLED`);
  }
}

function assertThat(isTrue: boolean, rule: string, received: unknown): asserts isTrue {
  if (!isTrue) throw new Error(`${rule}; received ${JSON.stringify(received)}`);
}

interface RestOrder {
  id: string;
  status: string;
}

function throughRest(url: string): Purchases {
  const send = rest(url);
  async function call<Body>(method: string, path: string, options: Parameters<typeof send>[2] = {}) {
    const response = await send<Body>(method, path, options);
    assertThat(response.status < 300, `${method} ${path} succeeds`, response);
    return response.body;
  }
  return {
    async register(email, password) {
      const path = '/v1/auth/register';
      const body = await call<{ access_token: string }>('POST', path, { body: { email, password } });
      return body.access_token;
    },
    async chooseProduct() {
      const { data } = await call<{ data: { id: string }[] }>('GET', '/v1/products?in_stock=true&limit=1');
      assertThat(data[0] !== undefined, 'there is a product in stock', data);
      return data[0].id;
    },
    async createOrder(token, productId) {
      const body = { items: [{ product_id: productId, qty: 1 }] };
      return (await call<RestOrder>('POST', '/v1/orders', { token, body })).id;
    },
    async pay(token, orderId, method) {
      const body = { payment_method: method };
      const { body: paid } = await send<{ code?: string }>('POST', `/v1/orders/${orderId}/pay`, {
        token,
        body,
      });
      const { status } = await call<RestOrder>('GET', `/v1/orders/${orderId}`, { token });
      return { status, code: paid.code };
    },
  };
}

function throughGraphql(url: string): Purchases {
  const send = graphql(url);
  async function call<Result>(query: string, variables: Record<string, unknown> = {}, token?: string) {
    const { body } = await send<{ result: Result | null }>(query, { variables, ...(token ? { token } : {}) });
    const result = body.data?.result ?? undefined;
    assertThat(result !== undefined, 'the GraphQL response has a result', body);
    return result;
  }
  return {
    async register(email, password) {
      const session = await call<{ accessToken?: string }>(
        `mutation SmokeRegister($input: RegisterInput!) {
           result: register(input: $input) { ... on AuthSession { accessToken } ... on Problem { code message } }
         }`,
        { input: { email, password } },
      );
      assertThat(session.accessToken !== undefined, 'the registration returns a token', session);
      return session.accessToken;
    },
    async chooseProduct() {
      const { nodes } = await call<{ nodes: { id: string }[] }>(
        'query SmokeProducts { result: products(first: 1, filter: { inStock: true }) { nodes { id } } }',
      );
      assertThat(nodes[0] !== undefined, 'there is a product in stock', nodes);
      return nodes[0].id;
    },
    async createOrder(token, productId) {
      const payload = await call<{ order?: { id: string } }>(
        `mutation SmokeCreateOrder($input: CreateOrderInput!) {
           result: createOrder(input: $input) { ... on OrderPayload { order { id } } ... on Problem { code message } }
         }`,
        { input: { items: [{ productId, quantity: 1 }] } },
        token,
      );
      assertThat(payload.order !== undefined, 'the order is created', payload);
      return payload.order.id;
    },
    async pay(token, orderId, paymentMethod) {
      const { code } = await call<{ code?: string }>(
        `mutation SmokePayOrder($input: PayOrderInput!) {
           result: payOrder(input: $input) { __typename ... on Problem { code message } }
         }`,
        { input: { orderId, paymentMethod } },
        token,
      );
      const { status } = await call<{ status: string }>(
        'query SmokeOrder($id: ID!) { result: order(id: $id) { status } }',
        { id: orderId },
        token,
      );
      return { status, code };
    },
  };
}
