import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphql } from '@shop/testkit/http';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { unwrap, openShop, type Shop } from '../shop';

const schema = buildSchema(readFileSync(join(__dirname, '../../../gateway/api-schema.graphql'), 'utf8'));

type Objects = Record<string, unknown>[];

let shop: Shop;
let token: string;
/** Arguments of root fields for a paid order. */
let rootArguments: Record<string, string>;

beforeAll(async () => {
  shop = await openShop();
  const storefront = shop.storefronts.GraphQL;
  const { accessToken, product, order } = await shop.newOrder(storefront, { stock: 5, quantity: 2 });
  const { payment } = unwrap(await storefront.payOrder(accessToken, order.id, 'sim_success'));
  token = accessToken;
  rootArguments = {
    order: `(id: "${order.id}")`,
    payment: `(id: "${payment.id}")`,
    product: `(id: "${product.id}")`,
    orders: '(first: 2)',
    products: '(first: 2)',
  };
});
afterAll(() => shop.close());

async function execute(query: string, variables: Record<string, unknown> = {}) {
  return (await graphql(shop.gatewayUrl)(query, { token, variables })).body;
}

/** Paths to objects of each type, from a root field. */
const objectPaths = [
  ['User', 'me'],
  ['Session', 'me.sessions'],
  ['OrderConnection', 'me.orders'],
  ['OrderEdge', 'orders.edges'],
  ['PageInfo', 'orders.pageInfo'],
  ['Order', 'order'],
  ['Order', 'orders.nodes'],
  ['Order', 'payment.order'],
  ['OrderItem', 'order.items'],
  ['OrderEvent', 'order.timeline'],
  ['Money', 'order.total'],
  ['Payment', 'payment'],
  ['Payment', 'order.payments'],
  ['Product', 'product'],
  ['Product', 'order.items.product'],
  ['ProductConnection', 'products'],
] as const;

describe.each(objectPaths)('%s at %s', (typeName, objectPath) => {
  const path = objectPath.split('.');
  const fields = selectionsOf(typeName);
  const all = [...fields.values()].join(' ');

  async function objectsWith(selection: string): Promise<Objects> {
    const [root = '', ...inner] = path;
    const selected = inner.reduceRight((inside, field) => `{ ${field} ${inside} }`, `{ ${selection} }`);
    const { data, errors } = await execute(`{ ${root}${rootArguments[root] ?? ''} ${selected} }`);
    if (!data || errors) throw new Error(`${selection}: ${JSON.stringify(errors)}`);
    return path.reduce<Objects>(
      (objects, field) => objects.flatMap((object) => object[field] as Objects),
      [data],
    );
  }

  it('returns the same data when a field is selected under the name of another one', async () => {
    const expected = await objectsWith(all);
    expect(expected).not.toEqual([]);
    for (const alias of fields.keys()) {
      const others = [...fields].flatMap(([name, selection]) => (name === alias ? [] : [selection]));
      const responses = [...fields].map(async ([field, selection]) => {
        if (field === alias) return;
        const objects = await objectsWith([`${alias}: ${selection}`, ...others].join(' '));
        const right = expected.map((object) => ({ ...object, [alias]: object[field] }));
        expect({ alias, field, objects }).toEqual({ alias, field, objects: right });
      });
      await Promise.all(responses);
    }
  });

  it('returns the same data when all fields exchange their names', async () => {
    const expected = await objectsWith(all);
    const names = [...fields.keys()];
    const pairs = names.map((name, index) => [names[(index + 1) % names.length] ?? name, name] as const);
    const objects = await objectsWith(
      pairs.map(([alias, name]) => `${alias}: ${fields.get(name)}`).join(' '),
    );
    expect(objects).toEqual(
      expected.map((object) => Object.fromEntries(pairs.map(([alias, name]) => [alias, object[name]]))),
    );
  });

  it.each(['__proto__', 'constructor', 'client__id', 'id__alias_0', '_entities'])(
    'returns the same data under the alias %s',
    async (alias) => {
      const [name = '', selection] = [...fields].at(0) ?? [];
      const expected = await objectsWith(all);
      const objects = await objectsWith(`${all} ${alias}: ${selection}`);
      for (const [index, object] of objects.entries()) {
        const { [alias]: aliased, ...rest } = Object.assign(Object.create(null) as object, object);
        expect(aliased).toEqual(expected[index]?.[name]);
        expect(rest).toEqual(expected[index]);
      }
    },
  );
});

describe('a variable named $representations, as in entity fetches', () => {
  const query =
    'query ($representations: ID!) { order(id: $representations) { amountDue { amountCents } items { product { sku } } } }';

  it('keeps the value of the client', async () => {
    const id = /"(.*)"/.exec(rootArguments['order'] ?? '')?.[1];
    const direct = await execute(query.replaceAll('representations', 'id'), { id });
    expect(direct.data).toMatchObject({ order: { amountDue: { amountCents: 0 } } });
    expect(await execute(query, { representations: id })).toEqual(direct);
  });

  it('has its own name in errors', async () => {
    const { errors } = await execute(query);
    expect(errors?.[0]?.message).toContain('"$representations"');
  });
});

it('uses the names of the client in error paths', async () => {
  const { errors } = await execute(
    '{ orders: me { id: sessions { status: id } } id: user(id: "1") { id: email } }',
  );
  expect(errors?.map(({ path }) => path)).toEqual([['id']]);
});

/** A selection of each field, with its nested fields. */
function selectionsOf(typeName: string, depth = 2): Map<string, string> {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is not an object type`);
  const selections = Object.values(type.getFields()).flatMap(({ name, type: fieldType }) => {
    const inner = getNamedType(fieldType);
    if (!isObjectType(inner)) return [[name, name] as const];
    if (depth === 0) return [];
    const selection = [...selectionsOf(inner.name, depth - 1).values()].join(' ');
    return [[name, `${name} { ${selection} }`] as const];
  });
  return new Map([...selections, ['__typename', '__typename']]);
}
