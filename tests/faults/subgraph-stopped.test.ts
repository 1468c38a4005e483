import { subgraphNames, type SubgraphName } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { type OutageOperation, operations } from './outage-operations';
import { openOutageShop, type OutageShop } from './outage-shop';

interface NormalizedResponse {
  data: unknown;
  errors: { path: string; code: unknown }[];
  /** The subgraphs in error messages. */
  namedSubgraphs: string[];
}

let stack: TestStack;
let shop: OutageShop;
/** Responses while every subgraph is running. */
const baseline = new Map<OutageOperation, NormalizedResponse>();

beforeAll(async () => {
  stack = await startTestStack({
    seedProducts: 3,
    restart: false,
    // Long timeout, because a login is slow on an overloaded machine.
    serviceEnv: { gateway: { SUBGRAPH_TIMEOUT_MS: '30000' } },
  });
  shop = await openOutageShop(stack);
  for (const operation of operations) baseline.set(operation, await send(operation));
});
afterAll(() => stack?.stop());

async function send({ as, query, variables }: OutageOperation): Promise<NormalizedResponse> {
  const options = { variables: variables?.(shop) ?? {} };
  const token = shop.tokens[as];
  const { body } = await graphql(stack.gatewayUrl)(query, { ...options, ...(token ? { token } : {}) });
  const { data, errors = [] } = body;
  return {
    data: withoutTokens(data),
    errors: errors
      .map(({ path = [], extensions }) => ({ path: path.join('.'), code: extensions?.['code'] }))
      .sort(byPath),
    namedSubgraphs: errors.flatMap(({ message }) => /^The (\w+) service/.exec(message)?.slice(1) ?? []),
  };
}

/** Removes tokens, which differ in every response. */
function withoutTokens(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? null).replaceAll(/(Token":")[^"]{20,}"/g, '$1given"'));
}

/** `response` with null and an error for each field at `paths`. */
function withNulls(
  response: NormalizedResponse,
  paths: readonly string[],
): Pick<NormalizedResponse, 'data' | 'errors'> {
  const data = structuredClone(response.data);
  for (const path of paths) setNull(data, path.split('.'));
  const remaining = response.errors.filter(
    ({ path }) => !paths.some((prefix) => `${path}.`.startsWith(`${prefix}.`)),
  );
  const added = paths.map((path) => ({ path, code: 'UPSTREAM_UNAVAILABLE' }));
  return { data, errors: [...remaining, ...added].sort(byPath) };
}

function setNull(value: unknown, [key = '', ...rest]: readonly string[]): void {
  const parent = value as Record<string, unknown>;
  if (!(key in parent)) throw new Error(`nullFields has ${key}, which is not in the response`);
  if (rest.length === 0) parent[key] = null;
  else setNull(parent[key], rest);
}

const byPath = (one: { path: string }, other: { path: string }) => one.path.localeCompare(other.path);

it('every operation succeeds while all subgraphs run', () => {
  const failed = operations.filter((one) => one.as !== 'visitor' && baseline.get(one)?.errors.length !== 0);
  expect(failed.map((one) => [one.name, baseline.get(one)])).toEqual([]);
});

it('a visitor receives the products although `me` fails', () => {
  const home = operations.find(({ name }) => name === 'home page of a visitor') as OutageOperation;
  expect(baseline.get(home)).toEqual({
    data: { me: null, products: { nodes: [expect.anything(), expect.anything()] } },
    errors: [{ path: 'me', code: 'UNAUTHENTICATED' }],
    namedSubgraphs: [],
  });
});

const ofEverySubgraph = '{ me { id } products { nodes { id } } orders { nodes { payments { id } } } }';

interface Route {
  method: string;
  path: () => string;
  /** Sent with the idempotency key of the payment. */
  body?: object;
  needs: SubgraphName[];
}

const routes: Route[] = [
  { method: 'GET', path: () => '/v1/me', needs: ['user'] },
  { method: 'GET', path: () => '/v1/me/sessions', needs: ['user'] },
  { method: 'GET', path: () => '/v1/products', needs: ['product'] },
  { method: 'GET', path: () => `/v1/products/${shop.productIds[0]}`, needs: ['product'] },
  { method: 'GET', path: () => '/v1/orders', needs: ['order', 'payment'] },
  { method: 'GET', path: () => `/v1/orders/${shop.paidOrderId}`, needs: ['order', 'payment'] },
  {
    method: 'POST',
    path: () => `/v1/orders/${shop.paidOrderId}/pay`,
    body: { payment_method: 'sim_success' },
    needs: ['order', 'payment'],
  },
];

describe.each(subgraphNames)('%s subgraph stopped', (subgraph) => {
  beforeAll(async () => {
    stack.services[subgraph].kill('SIGKILL');
    await eventually(async () => expect(await isUp(subgraph)).toBe(false));
  });
  afterAll(async () => {
    await stack.services[subgraph].start();
    await eventually(async () => {
      const { body } = await graphql(stack.gatewayUrl)(ofEverySubgraph, {
        token: shop.tokens.customer ?? '',
      });
      expect(body.errors).toBeUndefined();
    });
  });

  test.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s: only the fields of the stopped subgraph are null, each with an error at its path',
    async (_name, operation) => {
      const { namedSubgraphs, ...response } = await send(operation);
      expect(response).toEqual(
        withNulls(baseline.get(operation) as NormalizedResponse, operation.nullFields[subgraph] ?? []),
      );
      expect(namedSubgraphs.filter((name) => name !== subgraph)).toEqual([]);
    },
  );

  it('REST responds with complete resources or 503, never with a partial resource', async () => {
    const token = shop.tokens.customer ?? '';
    const responses = await Promise.all(
      routes.map(async ({ method, path, body }) => {
        const headers = { 'idempotency-key': shop.payment.idempotencyKey };
        const request = { token, ...(body ? { body, headers } : {}) };
        const response = await rest(stack.gatewayUrl)(method, path(), request);
        return [method, path(), response.status, response.status === 200 ? undefined : response.body['code']];
      }),
    );
    expect(responses).toEqual(
      routes.map(({ method, path, needs }) =>
        needs.includes(subgraph)
          ? [method, path(), 503, 'upstream_unavailable']
          : [method, path(), 200, undefined],
      ),
    );
  });
});

async function isUp(subgraph: SubgraphName): Promise<boolean> {
  const { body } = await rest(stack.gatewayUrl)('GET', '/readyz');
  return (body['subgraphs'] as Record<string, string>)[subgraph] === 'up';
}
