import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { connectToShop, unwrap } from '../shop';
import { type Answer, firstDifference } from './compare';
import { type Fault, RecordedSubgraphs } from './recorded-subgraphs';
import { type StockGateway, startStockGateway } from './stock-gateway';

interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  fault?: Fault;
}

const supergraph = readFileSync(join(__dirname, '../../../gateway/supergraph.graphql'), 'utf8');
const subgraphs = new RecordedSubgraphs();
let stack: TestStack;
let stock: StockGateway;
let token: string;
let orderId: string;

beforeAll(async () => {
  await subgraphs.start();
  const urls = Object.fromEntries(
    (['user', 'product', 'order', 'payment'] as const).map((name) => [
      `${name.toUpperCase()}_URL`,
      subgraphs.urlOf(name),
    ]),
  );
  stack = await startTestStack({ ports: subgraphs.ports, serviceEnv: { gateway: urls } });
  subgraphs.record();
  stock = await startStockGateway(supergraph, (name) => subgraphs.urlOf(name as 'user'));
  const shop = await connectToShop(stack.gatewayUrl, stack.admin);
  const products = await Promise.all([1, 2, 3].map(() => shop.newProduct({ stock: 50 })));
  const { accessToken } = await shop.newCustomer();
  token = accessToken;
  for (const picked of [[0, 1], [0], [1, 2, 0]]) {
    const items = picked.map((index) => ({ productId: products[index]!.id, quantity: 1 + index }));
    subgraphs.record();
    const order = unwrap(await shop.storefronts.GraphQL.placeOrder(token, items));
    orderId = order.id;
  }
  unwrap(await shop.storefronts.GraphQL.payOrder(token, orderId, 'sim_success'));
});
afterAll(async () => {
  await stock?.stop();
  await stack?.stop();
  subgraphs.stop();
});

async function send(url: string, { query, variables }: Operation): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

test.each<Operation>([
  { query: '{ __typename }' },
  { query: '{ me { id email orders { nodes { id items { name product { sku stock } } } } } }' },
  {
    query:
      '{ orders { nodes { id status payments { id amount { amountCents } } amountDue { amountCents currency } user { email } } } }',
  },
  {
    query:
      '{ products(first: 2) { nodes { sku } edges { node { ...P } } } } fragment P on Product { price { currency } inStock }',
  },
  { query: 'query ($id: ID!) { order(id: $id) { timeline { at } } }', variables: { id: 'none' } },
  { query: '{ user(id: "01a18df7-f500-7bd9-9b3d-bffab89f890e") { email } me { id } }' },
  { query: '{ unknown }' },
  {
    query: '{ orders { nodes { items { product { sku } } } } }',
    fault: { subgraph: 'product', instead: { status: 500, text: '{}' } },
  },
  {
    query: '{ orders { nodes { items { product { sku } } } } }',
    fault: { subgraph: 'product', changeEntity: (entity) => ({ ...entity, value: null }) },
  },
  {
    query: '{ orders { nodes { id total { currency } } } }',
    fault: { subgraph: 'order', change: () => ({ data: { orders: { nodes: [{ id: '1', total: null }] } } }) },
  },
])('answers as the stock gateway: $query', async (operation) => {
  subgraphs.record(operation.fault);
  const ours = await send(`${stack.gatewayUrl}/graphql`, operation);
  subgraphs.replay();
  const theirs = await send(stock.url, operation);
  expect({ difference: firstDifference(ours, theirs), ours: {}, theirs: {} }).toEqual({
    difference: undefined,
    ours: {},
    theirs: {},
  });
});
