import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  typeFromAST,
  validate,
  visit,
} from 'graphql';
import ts from 'typescript';
import {
  manifestOf,
  readManifest,
  repositoryOperations as clientOperations,
} from '../../../gateway/src/persisted/manifest';
import type { Fixture } from './fixture';
import type { Operation } from './operation';

const root = join(__dirname, '../../..');
const sources = ['tests/**/*.ts', 'gateway/test/**/*.ts', 'gateway/src/**/*.test.ts', 'operations/**/*.ts'];
const withoutSources = (path: string) => /node_modules|dist\/|e2e\/oracle\//.test(path);

/**
 * The persisted operations, those of the REST facade and of the explorer, and every valid operation
 * that is a string of a test, with variables of the fixture. Without those that test what
 * `knownDifferences` lists: aliases that are names of fields, invalid literals of custom scalars,
 * subscriptions, introspection of newer versions.
 */
export function repositoryOperations(schema: GraphQLSchema, fixture: Fixture): Operation[] {
  const manifest = readManifest(readFileSync(join(root, 'gateway/persisted-operations.json'), 'utf8'));
  const files = globSync('gateway/explorer/operations/*.graphql', { cwd: root });
  const texts = new Set([
    ...manifest.operations.map(({ body }) => body),
    ...manifestOf(clientOperations()).operations.map(({ body }) => body),
    ...files.map((file) => readFileSync(join(root, file), 'utf8')),
    ...globSync(sources, { cwd: root, exclude: withoutSources }).sort().flatMap(stringsOf),
  ]);
  return [...texts].flatMap((query) => {
    const document = validDocument(schema, query);
    return document && !isKnownToDiffer(schema, document)
      ? [withVariables(schema, fixture, query, document)]
      : [];
  });
}

/** String literals and templates without expressions. */
function stringsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  if (!text.includes('{ ')) return [];
  const strings: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && node.text.includes('{')) strings.push(node.text);
    ts.forEachChild(node, collect);
  };
  collect(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return strings;
}

function validDocument(schema: GraphQLSchema, query: string): DocumentNode | undefined {
  try {
    const document = parse(query);
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 && !isSubscription(document) && validate(schema, document).length === 0
      ? document
      : undefined;
  } catch {
    return undefined;
  }
}

function isSubscription({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
  );
}

function isKnownToDiffer(schema: GraphQLSchema, document: DocumentNode): boolean {
  const fieldNames = new Set(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [],
    ),
  );
  let isKnown = false;
  visit(document, {
    Field({ alias, name }) {
      const isAmbiguous =
        alias && alias.value !== name.value && (fieldNames.has(alias.value) || alias.value.startsWith('__'));
      if (isAmbiguous || name.value === 'isOneOf') isKnown = true;
    },
    Variable({ name }) {
      if (name.value === 'representations') isKnown = true;
    },
  });
  return isKnown;
}

function withVariables(
  schema: GraphQLSchema,
  fixture: Fixture,
  query: string,
  { definitions }: DocumentNode,
): Operation {
  const operation = definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  const variables = Object.fromEntries(
    (operation?.variableDefinitions ?? []).flatMap(({ variable, type, defaultValue }) => {
      const name = variable.name.value;
      const declared = typeFromAST(schema, type);
      if (defaultValue || !declared || Object.hasOwn(fixture.values, name)) return [];
      const value = valueFor(fixture, query, { name, type: getNamedType(declared).name });
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { query, variables };
}

function valueFor(
  { values }: Fixture,
  query: string,
  { name, type }: { name: string; type: string },
): unknown {
  const ids: Record<string, unknown> = {
    ...{
      order: values['orderId'],
      cancelOrder: values['cancelledId'],
      updateOrderStatus: values['cancelledId'],
    },
    ...{ product: values['productId'], user: values['userId'], payment: values['paymentId'] },
  };
  const ofTypes: Record<string, unknown> = {
    ID: ids[new RegExp(`(\\w+)\\([^)]*: \\$${name}\\b`).exec(query)?.[1] ?? ''] ?? values['unknownId'],
    ...{ Int: 3, String: 'text', Boolean: true, OrderStatus: 'PENDING', ProductSort: 'PRICE_ASC' },
    RegisterInput: { email: values['email'], password: 'Another-5f0c' },
    LoginInput: { email: values['email'], password: values['password'] },
    ChangePasswordInput: { currentPassword: 'not this one', newPassword: 'Another-5f0c' },
    CreateOrderInput: { items: [{ productId: values['productId'], quantity: 1 }] },
    PayOrderInput: { orderId: values['paidId'] },
    CreateProductInput: { sku: values['sku'], name: 'Lamp', priceCents: 5, currency: 'EUR' },
    UpdateProductInput: { id: values['productId'], name: 'Lamp' },
    AdjustStockInput: { productId: values['productId'], delta: 5, reason: 'delivery' },
    SimulateAuthenticationInput: { clientSecret: 'unknown', outcome: 'SUCCEEDED' },
    ProductFilter: { search: 'lamp' },
  };
  return ofTypes[type];
}
