import { codeOfGraphqlCode } from '../../../gateway/src/rest/shapes/problem-types';
import { usedFragments } from './graphql-fragments';
import {
  type GraphqlOrder,
  type GraphqlProduct,
  toOrder,
  toOrderOfPayload,
  toPaid,
  toProduct,
  toSession,
} from './graphql-shapes';
import type { Outcome, Storefront } from './storefront';

interface GraphqlBody {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** @param url of the gateway */
export function graphqlStorefront(url: string): Storefront {
  async function call<Field, Value>(
    operation: string,
    variables: object,
    token: string | undefined,
    read: (field: Field) => Value,
  ): Promise<Outcome<Value>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query: `${operation}\n${usedFragments(operation)}`, variables }),
    });
    const { data, errors } = (await response.json()) as GraphqlBody;
    const [error] = errors ?? [];
    if (error) {
      const code = codeOfGraphqlCode(error.extensions?.code) ?? String(error.extensions?.code);
      return { ok: false, code, problem: { ...error } };
    }
    const field = data?.['result'];
    if (field === null || field === undefined) return { ok: false, code: 'null', problem: {} };
    if (typeof field === 'object' && 'code' in field) {
      return { ok: false, code: String(field.code), problem: field };
    }
    return {
      ok: true,
      value: read(field as Field),
      replayed: response.headers.get('idempotent-replayed') === 'true',
    };
  }

  return {
    api: 'GraphQL',
    register: (input) =>
      call(
        `mutation Register($input: RegisterInput!) {
           result: register(input: $input) { ...SessionParts ... on Problem { code message } ... on InvalidInput { fields { path message } } }
         }`,
        { input },
        undefined,
        toSession,
      ),
    login: (input) =>
      call(
        'mutation Login($input: LoginInput!) { result: login(input: $input) { ...SessionParts ... on Problem { code message } } }',
        { input },
        undefined,
        toSession,
      ),
    refresh: (token) =>
      call(
        `mutation Refresh($token: String!) {
           result: refreshSession(refreshToken: $token) { ...SessionParts ... on Problem { code message } }
         }`,
        { token },
        undefined,
        toSession,
      ),
    me: (token) =>
      call('query Me { result: me { id email } }', {}, token, (user: { id: string; email: string }) => user),
    listProducts: ({ search, limit }) =>
      call(
        `query Products($first: Int, $search: String) {
           result: products(first: $first, filter: { search: $search }) { nodes { ...ProductParts } }
         }`,
        { first: limit ?? 20, search: search ?? null },
        undefined,
        (page: { nodes: GraphqlProduct[] }) => page.nodes.map(toProduct),
      ),
    product: (id) =>
      call(
        'query Product($id: ID!) { result: product(id: $id) { ...ProductParts } }',
        { id },
        undefined,
        toProduct,
      ),
    createProduct: (token, input) =>
      call(
        `mutation CreateProduct($input: CreateProductInput!) {
           result: createProduct(input: $input) { ... on ProductPayload { product { ...ProductParts } } ... on Problem { code message } }
         }`,
        { input },
        token,
        ({ product }: { product: GraphqlProduct }) => toProduct(product),
      ),
    placeOrder: (token, items, idempotencyKey) =>
      call(
        `mutation PlaceOrder($input: CreateOrderInput!) {
           result: createOrder(input: $input) {
             ... on OrderPayload { order { ...OrderParts } }
             ... on Problem { code message }
             ... on OutOfStock { shortages { product { id } requested available } }
             ... on InvalidInput { fields { path message } }
           }
         }`,
        { input: { items, ...(idempotencyKey ? { idempotencyKey } : {}) } },
        token,
        toOrderOfPayload,
      ),
    payOrder: (token, orderId, paymentMethod, idempotencyKey) =>
      call(
        `mutation PayOrder($input: PayOrderInput!) {
           result: payOrder(input: $input) {
             ... on PayOrderSuccess { order { ...OrderParts } payment { ...PaymentParts } }
             ... on PaymentPending {
               order { ...OrderParts }
               payment { ...PaymentParts nextAction { type clientSecret redirectUrl } }
             }
             ... on PaymentDeclined { code message order { ...OrderParts } payment { ...PaymentParts failureCode } }
             ... on PaymentNotPossible { code message order { ...OrderParts } payment { ...PaymentParts failureCode } }
             ... on Problem { code message }
           }
         }`,
        {
          input: {
            orderId,
            ...(paymentMethod ? { paymentMethod } : {}),
            ...(idempotencyKey ? { idempotencyKey } : {}),
          },
        },
        token,
        toPaid,
      ),
    authenticate: (token, clientSecret, outcome) =>
      call(
        `mutation Authenticate($input: SimulateAuthenticationInput!) {
           result: simulateAuthentication(input: $input) { __typename ... on Problem { code message } }
         }`,
        { input: { clientSecret, outcome } },
        token,
        () => undefined,
      ),
    cancelOrder: (token, id) =>
      call(
        `mutation CancelOrder($id: ID!) {
           result: cancelOrder(id: $id) { ... on OrderPayload { order { ...OrderParts } } ... on Problem { code message } }
         }`,
        { id },
        token,
        toOrderOfPayload,
      ),
    order: async (token, id) => {
      const outcome = await call(
        'query Order($id: ID!) { result: order(id: $id) { ...OrderParts } }',
        { id },
        token,
        toOrder,
      );
      // The query returns null for an order that does not exist.
      return !outcome.ok && outcome.code === 'null' ? { ...outcome, code: 'order_not_found' } : outcome;
    },
    orders: (token) =>
      call(
        'query Orders { result: orders { nodes { ...OrderParts } } }',
        {},
        token,
        (page: { nodes: GraphqlOrder[] }) => page.nodes.map(toOrder),
      ),
  };
}
