import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(__dirname, '../..');

const schema = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@inaccessible"])
type Mutation {
  rename(id: ID!, name: String!): Product
  reserve(id: ID!): Boolean @inaccessible
  commit(id: ID!): Boolean @inaccessible @deprecated(reason: "Use commits. Remove after 9999-12-31.")
}
type Query {
  product(id: ID!): Product
  products(sort: Sort, filter: Filter): [Product!]
  search(text: String!): [Result!]
}
enum Color {
  RED
  GREEN
  GRAY @deprecated(reason: "Products are no longer gray. Remove after 2020-01-01.")
}
enum Sort { NAME PRICE OLDEST }
input Filter { inStock: Boolean color: String }
union Result = Product | Brand
interface Named { name: String! }
type Brand implements Named { name: String! }
type Product implements Named {
  id: ID!
  name: String!
  weight: Int
  color: Color
  size(unit: String): Int
  future: String @deprecated(reason: "Use id. Remove after 9999-12-31.")
  past: String @deprecated(reason: "Use id. Remove after 2020-01-01.")
  pastButUsed: String @deprecated(reason: "Use id. Remove after 2020-01-01.")
}
`;

const operations = [
  {
    clientName: 'web',
    name: 'ProductPage',
    type: 'query',
    body: `query ProductPage($id: ID!) { product(id: $id) { ...Card size(unit: "cm") pastButUsed color } }
           fragment Card on Product { title: name }`,
  },
  {
    clientName: 'web',
    name: 'Cheapest',
    type: 'query',
    body: 'query Cheapest { products(sort: PRICE) { id } }',
  },
  {
    clientName: 'app',
    name: 'Listing',
    type: 'query',
    body: 'query Listing($filter: Filter, $text: String!) { products(filter: $filter) { id } found: search(text: $text) { ... on Brand { name } } }',
  },
];

/** Temporary repositories. */
let directory: string;
/** The one of a test, whose released schema is `schema`. */
let root: string;
let tests = 0;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'schema-')));
  root = join(directory, 'released');
  cpSync(join(repository, 'tools'), join(root, 'tools'), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  write('lerna.json', JSON.stringify({ version: '1.0.0' }));
  write(
    'supergraph.yaml',
    'subgraphs: { shop: { routing_url: "http://shop", schema: { file: shop.graphql } } }',
  );
  write('shop.graphql', schema);
  writeManifest(operations);
  write('subgraphs/till/src/clients/shop.graphql', 'mutation Reserve($id: ID!) { reserve(id: $id) }');
  expect(run('release')).toMatchObject({ status: 0, stderr: '' });
});

beforeEach(() => {
  tests += 1;
  root = join(directory, `test-${tests}`);
  cpSync(join(directory, 'released'), root, { recursive: true });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(file: string, text: string) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function writeManifest(entries: object[]) {
  write('gateway/persisted-operations.json', JSON.stringify({ operations: entries }));
}

function read(file: string) {
  return readFileSync(join(root, file), 'utf8');
}

/** Replaces a text of the subgraph's schema. */
function change(before: string, after: string) {
  expect(schema.split(before)).toHaveLength(2);
  write('shop.graphql', schema.replace(before, after));
}

function run(command: 'check' | 'release', ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/schema.mjs', command, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run schema:check', () => {
  it('passes if nothing has changed since the last release', () => {
    expect(run('check')).toEqual({
      status: 0,
      stdout:
        'schema: no change since the last release breaks one of 4 operations of 3 known clients (0 safe, 0 dangerous, 0 unused)\n',
      stderr: '',
    });
  });

  it.each([
    ['a removed field', '  size(unit: String): Int\n', '', ['web ProductPage: product.size']],
    [
      'a removed field of a fragment, by its alias',
      'Product implements Named {\n  id: ID!\n  name: String!\n',
      'Product {\n  id: ID!\n',
      ['web ProductPage: product.title'],
    ],
    [
      'a field that became nullable',
      'type Brand implements Named { name: String! }',
      'type Brand { name: String }',
      ['app Listing: found.name'],
    ],
    [
      'another type of a field',
      'size(unit: String): Int',
      'size(unit: String): Float',
      ['web ProductPage: product.size'],
    ],
    ['a removed argument', 'size(unit: String)', 'size', ['web ProductPage: product.size']],
    [
      'another type of an argument',
      'size(unit: String)',
      'size(unit: Int)',
      ['web ProductPage: product.size'],
    ],
    [
      'a new required argument',
      'products(sort: Sort, ',
      'products(first: Int!, sort: Sort, ',
      ['web Cheapest: products', 'app Listing: products'],
    ],
    [
      'an argument that became required',
      'products(sort: Sort, ',
      'products(sort: Sort!, ',
      ['web Cheapest: products', 'app Listing: products'],
    ],
    ['a removed enum value of a literal', 'NAME PRICE', 'NAME', ['web Cheapest: products']],
    ['an input field that became required', ' color: String', ' color: String!', ['app Listing: $filter']],
    ['a removed enum value of a field', '  GREEN\n', '', ['web ProductPage: product.color']],
    ['a removed input field of a variable', ' color: String', '', ['app Listing: $filter.color']],
    [
      'a new required input field of a variable',
      ' color: String',
      ' color: String size: Int!',
      ['app Listing: $filter'],
    ],
    ['a removed union member with a fragment', ' | Brand', '', ['app Listing: found']],
  ])('fails for %s and names the operations that use it', (_, before, after, users) => {
    change(before, after);
    const { status, stderr } = run('check');
    expect(status).toBe(1);
    for (const user of users) expect(stderr).toContain(`    ${user}\n`);
    expect(stderr).toContain(`  ${users.length} operation(s) of known clients would break:\n`);
    expect(stderr).toContain('Remedy: ');
  });

  it('counts every value of an enum in a variable as used', () => {
    const sorted = 'query Sorted($by: Sort) { products(sort: $by) { id } }';
    writeManifest([...operations, { clientName: 'web', name: 'Sorted', type: 'query', body: sorted }]);
    change('NAME PRICE OLDEST', 'NAME PRICE');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('    web Sorted: $by\n'),
    });
  });

  it.each([
    ['field', '  weight: Int\n', '', "Field 'weight' was removed from object type 'Product'"],
    ['enum value', ' OLDEST', '', "Enum value 'OLDEST' was removed from enum 'Sort'"],
    [
      'deprecated enum value',
      '  GRAY @deprecated(reason: "Products are no longer gray. Remove after 2020-01-01.")\n',
      '',
      "Enum value 'GRAY' (deprecated) was removed from enum 'Color'",
    ],
  ])('passes for a removed %s that no known client uses, with a note', (_, before, after, message) => {
    change(before, after);
    expect(run('check')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`unused     ${message} (breaking, but no known client uses it)\n`),
    });
  });

  it.each([
    ['enum value', 'OLDEST', 'OLDEST NEWEST', "Enum value 'NEWEST' was added to enum 'Sort'"],
    [
      'union member',
      '| Brand',
      '| Brand | Store\ntype Store { id: ID! }',
      "Member 'Store' was added to Union type 'Result'",
    ],
  ])('passes for an added %s and lists it as dangerous', (_, before, after, message) => {
    change(before, after);
    expect(run('check')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`dangerous  ${message}\n`),
    });
  });

  it('fails if an operation of the last release uses what the current ones no longer use', () => {
    change('  size(unit: String): Int\n', '');
    const [page, ...others] = operations;
    writeManifest([{ ...page, body: page?.body.replace('size(unit: "cm")', '') }, ...others]);
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('    web ProductPage (as of the last release): product.size\n'),
    });
  });

  it('reads other clients from schema/clients, named by the file', () => {
    const body = '{ product(id: 1) { weight } }';
    write(
      'schema/clients/till.json',
      JSON.stringify({ operations: [{ name: 'Weigh', type: 'query', body }] }),
    );
    change('  weight: Int\n', '');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('    till Weigh: product.weight\n'),
    });
  });

  it('fails for a removed internal field that a service calls', () => {
    change('  reserve(id: ID!): Boolean @inaccessible\n', '');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        "BREAKING in the subgraph shop: Field 'reserve' was removed from object type 'Mutation'\n" +
          '  1 operation(s) of known clients would break:\n    till service Reserve: reserve\n',
      ),
    });
  });

  it('fails for a deprecated internal field that is removed before its date', () => {
    change(
      '  commit(id: ID!): Boolean @inaccessible @deprecated(reason: "Use commits. Remove after 9999-12-31.")\n',
      '',
    );
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        "BREAKING in the subgraph shop: Field 'commit' (deprecated) was removed",
      ),
    });
  });

  it('fails for an operation that the schema rejects', () => {
    writeManifest([
      { clientName: 'web', name: 'Wrong', type: 'query', body: '{ product(id: 1) { colour } }' },
    ]);
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('INVALID web Wrong is not valid for the schema:\n'),
    });
  });

  it('fails with file and line if the subgraphs do not compose', () => {
    change('weight: Int', 'weight: Nothing');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^There is no API schema to compare\. The subgraphs do not compose:\n {2}shop\.graphql:\d+:\d+ .*Nothing/,
      ),
    });
  });

  it.each([
    ['a reason', '@deprecated', 'reason'],
    ['a removal date', '@deprecated(reason: "Use id.")', 'removal date'],
    ['an explanation', '@deprecated(reason: "Remove after 2027-03-01.")', 'reason'],
    ['a date of the calendar', '@deprecated(reason: "Use id. Remove after 2027-02-30.")', 'removal date'],
  ])('fails for a deprecation without %s, with file and line', (_, directive, missing) => {
    change('weight: Int', `weight: Int ${directive}`);
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        new RegExp(`^DEPRECATION shop\\.graphql:\\d+:\\d+ The deprecation has no ${missing}: `),
      ),
    });
  });

  it('passes for a deprecation with a reason and a removal date', () => {
    change('weight: Int', 'weight: Int @deprecated(reason: "Use size. Remove after 2027-03-01.")');
    expect(run('check')).toMatchObject({ status: 0 });
  });

  it('fails for a deprecated field that is removed before its date, although no known client uses it', () => {
    change('  future: String @deprecated(reason: "Use id. Remove after 9999-12-31.")\n', '');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        '  It is deprecated, with the removal date 9999-12-31: keep it until then.\n',
      ),
    });
  });

  it('passes for a deprecated field that is removed after its date', () => {
    change('  past: String @deprecated(reason: "Use id. Remove after 2020-01-01.")\n', '');
    expect(run('check')).toMatchObject({ status: 0 });
  });

  it('fails for a deprecated field that is removed after its date and is still used', () => {
    change('  pastButUsed: String @deprecated(reason: "Use id. Remove after 2020-01-01.")\n', '');
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('    web ProductPage: product.pastButUsed\n'),
    });
  });

  it('fails for a breaking change whose users it cannot determine', () => {
    write(
      'schema/released/api.graphql',
      `${read('schema/released/api.graphql')}type Subscription { id: ID }\n`,
    );
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        'The check cannot determine its users (change type SCHEMA_SUBSCRIPTION_TYPE_CHANGED).',
      ),
    });
  });

  it('fails without the operations of the last release', () => {
    rmSync(join(root, 'schema/released/operations.json'));
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('schema/released/operations.json has no operations that can be read'),
    });
  });

  it('fails without the released schema of a subgraph to which the last release sent operations', () => {
    rmSync(join(root, 'schema/released/shop.graphql'));
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('schema/released/shop.graphql is missing although'),
    });
  });

  it('fails without the released schema', () => {
    rmSync(join(root, 'schema/released/api.graphql'));
    expect(run('check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('schema/released/api.graphql is missing: restore it'),
    });
  });

  it('names the operations that would break if a field of the real schema is removed', () => {
    rmSync(join(root, 'subgraphs'), { recursive: true });
    for (const path of ['supergraph.yaml', 'lerna.json', 'subgraphs', 'gateway', 'schema'])
      cpSync(join(repository, path), join(root, path), {
        recursive: true,
        filter: (file) => !/\/(test|dist|node_modules)$/.test(file),
      });
    expect(run('check')).toMatchObject({ status: 0 });

    const file = 'subgraphs/product/schema.graphql';
    write(file, read(file).replace(/ {2}"Units that can be ordered now; .*\n {2}stock: Int!.*\n/, ''));
    const { status, stderr } = run('check');
    expect(status).toBe(1);
    expect(stderr).toContain("BREAKING Field 'stock' was removed from object type 'Product'\n");
    expect(stderr).toContain('    REST facade RestProducts: products.nodes.stock\n');
    expect(stderr).toContain('    explorer Catalogue: products.nodes.stock\n');
  });
});

describe('npm run schema:release', () => {
  const nextVersion = () => write('lerna.json', JSON.stringify({ version: '1.1.0' }));

  it('makes the current schema the released one and lists the changes in the changelog', () => {
    nextVersion();
    change('  weight: Int\n', '  height: Int\n');
    expect(run('release')).toMatchObject({ status: 0 });

    expect(read('schema/CHANGELOG.md')).toMatch(
      new RegExp(
        [
          '## 1\\.1\\.0 \\(\\d{4}-\\d{2}-\\d{2}\\)',
          '### Breaking, but not used by a known client',
          '- Field `weight` was removed from object type `Product`',
          '### Safe',
          '- Field `height` was added to object type `Product`',
          '## 1\\.0\\.0 \\(\\d{4}-\\d{2}-\\d{2}\\)',
          'The first release\\.\n$',
        ].join('\n\n'),
      ),
    );
    expect(run('check').stdout).toContain('(0 safe, 0 dangerous, 0 unused)');
  });

  it('makes the current operations the released ones', () => {
    nextVersion();
    writeManifest(operations.slice(1));
    expect(run('release')).toMatchObject({ status: 0 });
    change('  size(unit: String): Int\n', '');
    expect(run('check')).toMatchObject({ status: 0 });
  });

  it('releases a breaking change only with a reason, which it writes into the changelog', () => {
    nextVersion();
    change('name: String!\n  weight', 'name: String\n  weight');
    write('shop.graphql', read('shop.graphql').replace('Product implements Named', 'Product'));
    const before = read('schema/released/api.graphql');
    expect(run('release')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('The schema was not released.\n'),
    });
    expect(read('schema/released/api.graphql')).toBe(before);

    expect(run('release', '--breaking', 'Names are not always known.')).toMatchObject({ status: 0 });
    expect(read('schema/CHANGELOG.md')).toContain('### Breaking\n\nReason: Names are not always known.\n\n');
    expect(read('schema/CHANGELOG.md')).toContain(
      '- Field `Product.name` changed type from `String!` to `String`; used by web ProductPage\n',
    );
  });

  it('does not release operations that the schema rejects, also with --breaking', () => {
    nextVersion();
    change('  size(unit: String): Int\n', '');
    expect(run('release', '--breaking', 'It is wrong.')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('INVALID web ProductPage is not valid for the schema:\n'),
    });
  });

  it('rejects a version that has been released', () => {
    expect(run('release')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('schema/CHANGELOG.md has an entry for version 1.0.0 already'),
    });
  });
});
