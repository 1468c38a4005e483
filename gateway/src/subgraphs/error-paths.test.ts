import { GraphQLError } from 'graphql';
import { type Executor, FailedFetchError, withErrorPaths } from './error-paths';
import type { QueryPlan } from './planned-fetches';

type Fetch = Extract<NonNullable<QueryPlan['node']>, { kind: 'Fetch' }>;

const fetchOf = (serviceName: string, operation: string, requires?: Fetch['requires']): Fetch => ({
  kind: 'Fetch',
  serviceName,
  operation,
  operationName: undefined,
  operationKind: 'query' as Fetch['operationKind'],
  ...(requires ? { requires } : {}),
});

const entities = (selections: string) =>
  `query($representations:[_Any!]!){_entities(representations:$representations){${selections}}}`;

const flatten = (path: (string | number)[], node: Fetch) => ({ kind: 'Flatten' as const, path, node });

const sequence = (...nodes: Extract<QueryPlan['node'], { kind: 'Sequence' }>['nodes']): QueryPlan => ({
  kind: 'QueryPlan',
  node: { kind: 'Sequence', nodes },
});

const id = { kind: 'Field' as const, name: 'id' };

/** The errors of a response with `data`, when `fetch` at `path` has failed. */
async function errorsOf(plan: QueryPlan, data: object, fetch: Fetch, path: (string | number)[] = []) {
  const failed = new FailedFetchError({ message: 'unavailable' }, { operation: fetch.operation, path });
  const error = new GraphQLError('unavailable', {
    originalError: failed,
    extensions: { serviceName: fetch.serviceName },
  });
  const execute = () => Promise.resolve({ data, errors: [error] });
  const located = withErrorPaths(execute, () => plan);
  const { errors = [] } = await located({} as Parameters<Executor>[0]);
  return errors;
}

async function pathsOf(...response: Parameters<typeof errorsOf>) {
  return (await errorsOf(...response)).map((one) => one.path?.join('.'));
}

const payments = fetchOf(
  'payment',
  entities('... on Order{paid:payments{status}due:amountDue{amountCents}}'),
  [{ kind: 'InlineFragment', typeCondition: 'Order', selections: [id, { kind: 'Field', name: 'total' }] }],
);
const orders = fetchOf('order', '{orders{nodes{id total}}}');

it('reports a failed fetch at each null in the response, with the response names of the client', async () => {
  const plan = sequence(orders, flatten(['orders', 'nodes', '@'], payments));
  const data = { orders: { nodes: [{ paid: null, due: null }, { due: null }] } };
  expect(await pathsOf(plan, data, payments, ['orders', 'nodes', '@'])).toEqual([
    'orders.nodes.0.paid',
    'orders.nodes.0.due',
    'orders.nodes.1.due',
  ]);
});

it('reports an object that is null as a whole at the path of the object', async () => {
  const product = fetchOf('product', entities('... on Product{name stock}'), [id]);
  const path = ['order', 'items', '@', 'product'];
  const plan = sequence(fetchOf('order', '{order{items{product{id}}}}'), flatten(path, product));
  const data = { order: { items: [{ product: null }, { product: { name: 'given' } }] } };
  expect(await pathsOf(plan, data, product, path)).toEqual(['order.items.0.product']);
});

it('reports a field whose own fetch was not sent because its required fields are missing', async () => {
  const path = ['payment', 'order'];
  const total = fetchOf('order', entities('... on Order{total}'), [id]);
  const plan = sequence(
    fetchOf('payment', '{payment{order{id}}}'),
    flatten(path, total),
    flatten(path, payments),
  );
  const data = { payment: { order: { id: '1', due: null } } };
  expect(await pathsOf(plan, data, total, path)).toEqual(['payment.order.due']);
});

it('reports no fields of other root fetches, and no fields that another subgraph returned', async () => {
  const me = fetchOf('user', '{me{email}again:me{email}}');
  const data = { me: null, again: { email: 'given' }, orders: null };
  expect(await pathsOf(sequence(orders, me), data, me)).toEqual(['me']);
});

it('does not change an error if no field is null', async () => {
  expect(await pathsOf(sequence(orders), { orders: { nodes: [] } }, orders)).toEqual([undefined]);
});

describe('more null fields than a response may have errors', () => {
  const product = fetchOf('product', entities('... on Product{name}'), [id]);
  const path = ['orders', 'nodes', '@', 'items', '@', 'product'];
  const plan = sequence(fetchOf('order', '{orders{nodes{items{product{id}}}}}'), flatten(path, product));
  const dataWith = (orders: number, items: number) => ({
    orders: {
      nodes: Array.from({ length: orders }, () => ({
        items: Array.from({ length: items }, () => ({ product: null })),
      })),
    },
  });

  it('reports each of 100 fields', async () => {
    const errors = await errorsOf(plan, dataWith(5, 20), product, path);
    expect(errors).toHaveLength(100);
    expect(errors[99]).toMatchObject({
      ...{ message: 'unavailable', path: ['orders', 'nodes', 4, 'items', 19, 'product'] },
    });
  });

  it('reports 2,000 fields once, at the outermost list that contains them', async () => {
    expect(await errorsOf(plan, dataWith(50, 40), product, path)).toEqual([
      expect.objectContaining({
        message: 'unavailable Fields below this path are missing, too many to be listed one by one.',
        path: ['orders', 'nodes'],
        extensions: { serviceName: 'product' },
      }),
    ]);
  });

  it('reports no list without a null field, and reports a field outside lists at its own path', async () => {
    const users = fetchOf('user', '{full{name} empty{name} me{name}}');
    const many = Array.from({ length: 2_000 }, () => ({ name: null }));
    const data = { full: many, empty: [{ name: 'given' }], me: null };
    expect((await errorsOf(sequence(users), data, users)).map((one) => [one.path, one.message])).toEqual([
      [['full'], expect.stringContaining('Fields below this path')],
      [['me'], 'unavailable'],
    ]);
  });
});
