import { codeOfGraphqlCode } from '@shop/kit/errors';
import type { Order, Outcome, Paid, Product, Session, Storefront } from './storefront';

interface GraphqlMoney {
  amountCents: number;
  currency: string;
}

interface GraphqlProduct {
  id: string;
  sku: string;
  name: string;
  stock: number;
  price: GraphqlMoney;
}

interface GraphqlPayment {
  id: string;
  status: string;
  amount: GraphqlMoney;
}

interface GraphqlOrder {
  id: string;
  status: Order['status'];
  total: GraphqlMoney;
  cancelReason: string | null;
  expiresAt: string | null;
  items: { product: { id: string }; sku: string; quantity: number; unitPrice: GraphqlMoney }[];
  payments: GraphqlPayment[];
}

interface GraphqlSession {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

const fragments = /* GraphQL */ `
  fragment ProductParts on Product {
    id
    sku
    name
    stock
    price {
      amountCents
      currency
    }
  }
  fragment PaymentParts on Payment {
    id
    status
    amount {
      amountCents
      currency
    }
  }
  fragment OrderParts on Order {
    id
    status
    cancelReason
    expiresAt
    total {
      amountCents
      currency
    }
    items {
      product {
        id
      }
      sku
      quantity
      unitPrice {
        amountCents
        currency
      }
    }
    payments {
      ...PaymentParts
    }
  }
  fragment SessionParts on AuthSession {
    user {
      id
    }
    accessToken
    refreshToken
  }
`;

const usedFragments = (operation: string): string => {
  const wanted = new Set<string>();
  const collect = (text: string) => {
    for (const [, name] of text.matchAll(/\.\.\.(\w+Parts)/g)) {
      if (name && !wanted.has(name)) {
        wanted.add(name);
        collect(definitions.get(name) ?? '');
      }
    }
  };
  collect(operation);
  return [...wanted].map((name) => definitions.get(name)).join('\n');
};

const definitions = new Map(
  fragments
    .split(/(?=fragment )/)
    .map((text) => [/fragment (\w+)/.exec(text)?.[1] ?? '', text] as const)
    .filter(([name]) => name),
);

/** The shop through /graphql. `url` is the gateway's. */
export function graphqlStorefront(url: string): Storefront {
  async function call<Field, Value>(
    operation: string,
    variables: object,
    token: string | undefined,
    read: (field: Field) => Value,
  ): Promise<Outcome<Value>> {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query: `${operation}\n${usedFragments(operation)}`, variables }),
    });
    const { data, errors } = (await answer.json()) as GraphqlAnswer;
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
      replayed: answer.headers.get('idempotent-replayed') === 'true',
    };
  }

  return {
    door: 'GraphQL',
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
             ... on PaymentPending { order { ...OrderParts } payment { ...PaymentParts } }
             ... on PaymentDeclined { code message order { ...OrderParts } payment { ...PaymentParts failureCode } }
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
      // By this door, what is not there is null.
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

interface GraphqlAnswer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

function toSession(session: GraphqlSession): Session {
  return { userId: session.user.id, accessToken: session.accessToken, refreshToken: session.refreshToken };
}

function toProduct({ id, sku, name, price, stock }: GraphqlProduct): Product {
  return { id, sku, name, priceCents: price.amountCents, currency: price.currency, stock };
}

function toOrder({ total, items, payments, ...order }: GraphqlOrder): Order {
  return {
    ...order,
    totalCents: total.amountCents,
    currency: total.currency,
    items: items.map(({ product, sku, quantity, unitPrice }) => ({
      productId: product.id,
      sku,
      quantity,
      priceCents: unitPrice.amountCents,
    })),
    payments: payments.map(({ status, amount }) => ({ status, amountCents: amount.amountCents })),
  };
}

function toOrderOfPayload({ order }: { order: GraphqlOrder }): Order {
  return toOrder(order);
}

function toPaid({ order, payment }: { order: GraphqlOrder; payment: GraphqlPayment }): Paid {
  const { id, status, amount } = payment;
  return { order: toOrder(order), payment: { id, status, amountCents: amount.amountCents } };
}
