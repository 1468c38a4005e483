import type { Operation } from './operation';

/** Valid and invalid operations that generated ones do not contain. */
export const edgeCases: readonly Operation[] = [
  ...[
    '{ __typename }',
    '{ a: __typename b: __typename }',
    '{ me { __typename alias: __typename id } }',
    '{ __schema { queryType { name } } }',
    '{ __type(name: "Order") { name fields { name type { kind name ofType { name } } } } }',
    '{ me { id } __schema { mutationType { name } } products(first: 1) { nodes { sku } } }',
    'mutation { __typename }',
    '{ me { id email id email } me { role } }',
    '{ me { orders(first: 2) { nodes { id } } } me { orders(first: 2) { pageInfo { hasNextPage } nodes { status } } } }',
    '{ orders { nodes { items { product { sku } } items { product { name } quantity } items { product { sku } } } } }',
    '{ orders { pageInfo { endCursor } nodes { ...A ...B } } } fragment A on Order { id total { currency } } fragment B on Order { status total { amountCents currency } id }',
    '{ one: orders(first: 1) { nodes { id } } two: orders(first: 2) { nodes { id } } }',
    'query ($userId: ID!) { one: user(id: $userId) { orders(first: 1) { nodes { id } } all: orders { nodes { items { product { sku } } } } } }',
    'query ($paymentId: ID!) { payment(id: $paymentId) { order { payments { order { payments { id order { user { email } } } } } } } }',
    'query ($orderId: ID!) { order(id: $orderId) { user { orders { nodes { user { orders { nodes { items { product { sku price { currency } } } } } } } } } } }',
    'query ($orderId: ID!) { order(id: $orderId) { amountDue { amountCents } } }',
    'query ($paidId: ID!, $declinedId: ID!, $cancelledId: ID!) { one: order(id: $paidId) { ...O } two: order(id: $declinedId) { ...O } three: order(id: $cancelledId) { ...O } } fragment O on Order { status amountDue { amountCents currency } payments { status failureCode nextAction { type } refund { status } } }',
    'query ($productId: ID!, $sku: String!) { product(id: $productId) { sku } productBySku(sku: $sku) { id } }',
    'query ($otherOrderId: ID!) { order(id: $otherOrderId) { id payments { id } } }',
    'query ($unknownId: ID!) { order(id: $unknownId) { id } product(id: $unknownId) { id } payment(id: $unknownId) { id } }',
    'query ($otherUserId: ID!) { user(id: $otherUserId) { email } me { id } }',
    '{ orders(first: 0) { nodes { id } edges { cursor } } }',
    '{ orders(first: -1) { nodes { id } } me { email } }',
    '{ products(first: 2, after: "invalid") { nodes { id } } me { email } }',
    '{ products(filter: { search: "none of these words" }) { nodes { id } totalCount } }',
    'query ($yes: Boolean!, $no: Boolean!) { me @skip(if: $yes) { id } orders @include(if: $no) { nodes { id } } }',
    'query ($yes: Boolean!, $no: Boolean!) { me { id @skip(if: $yes) orders @include(if: $no) { nodes { id } } } }',
    'query ($yes: Boolean!) { orders { nodes { id payments @skip(if: $yes) { id } payments { status } } } }',
    'query ($yes: Boolean!, $no: Boolean!) { orders { nodes { ... @include(if: $yes) { payments { id } user { email } } ...F @skip(if: $no) } } } fragment F on Order { amountDue { amountCents } items @include(if: $yes) { product @skip(if: $yes) { sku } name } }',
    'query ($no: Boolean!) { ... @include(if: $no) { me { id } } ...Root } fragment Root on Query { products(first: 1) { nodes { ... @skip(if: $no) { sku } } } }',
    'query ($given: Boolean = true) { me { id @include(if: $given) email @skip(if: $given) } }',
    'query ($size: Int = 1) { orders(first: $size) { nodes { id } } products(first: $size) { nodes { sku } } }',
    'query ($search: String) { products(first: 3, filter: { search: $search, inStock: true }) { nodes { name } } }',
    'query One { me { id } }',
    'fragment F on User { id } query { me { ...F ...F ...G } } fragment G on User { ...F email }',
    '{ me { ... on User { ... on User { ... { id } } } } }',
    '{ unknown }',
    '{ me }',
    '{ me { id { x } } }',
    '{ product { id } }',
    '{ me { id } ',
    '',
    '{ order(id: {}) { id } }',
    'query ($unused: ID) { me { id } }',
    'query { me { id @unknown } }',
    'query { me { ...Missing } }',
    'query ($id: ID!) { order(id: $id) { id } }',
    '{ products(sort: UNKNOWN) { nodes { id } } }',
    '{ products(first: "1") { nodes { id } } }',
  ].map((query) => ({ query })),
  { query: 'query ($size: Int = 1) { orders(first: $size) { nodes { id } } }', variables: { size: null } },
  {
    query: 'query ($status: OrderStatus) { orders(status: $status) { nodes { id } } }',
    variables: { status: null },
  },
  { query: 'query ($size: Int) { orders(first: $size) { nodes { id } } }', variables: {} },
  { query: 'query ($size: Int) { orders(first: $size) { nodes { id } } }', variables: { size: 'two' } },
  { query: 'query ($size: Int!) { orders(first: $size) { nodes { id } } }', variables: { size: null } },
  {
    query: 'query ($status: OrderStatus!) { orders(status: $status) { nodes { id } } }',
    variables: { status: 'NONE' },
  },
  {
    query: 'query ($filter: ProductFilter) { products(filter: $filter, first: 2) { nodes { sku } } }',
    variables: { filter: { search: null, inStock: true, minPriceCents: 1 } },
  },
  {
    query: 'query ($filter: ProductFilter) { products(filter: $filter, first: 2) { nodes { sku } } }',
    variables: { filter: { unknown: 1 } },
  },
  { query: '{ me { id } }', variables: { surplus: 1 } },
  { query: 'query One { me { id } } query Two { me { email } }', operationName: 'Two' },
  { query: '{ me { id email } products(first: 1) { nodes { sku } } }', viewer: 'visitor' },
  { query: '{ me { id } products(first: 1) { nodes { sku } } }', viewer: 'forged' },
  {
    query: '{ orders { nodes { user { email } timeline { traceId } items { product { sku } } } } }',
    viewer: 'admin',
  },
  {
    query: '{ orders { nodes { id } } me { orders { nodes { id items { product { stock } } } } } }',
    viewer: 'other',
  },
];

/** Differences on purpose: the stock gateway is wrong. One that no longer differs fails the test. */
export const knownDifferences: readonly (Operation & { reason: string })[] = [
  {
    reason: 'reads the alias instead of the field that @requires needs',
    query:
      'query ($openOrderId: ID!) { order(id: $openOrderId) { status: createdAt amountDue { amountCents } } }',
  },
  {
    reason: 'takes an alias __typename for the name of the type',
    query: 'query ($productId: ID!) { product(id: $productId) { __typename: id } }',
  },
  {
    reason: "rejects a client's variable $representations in a fetch of entities",
    query: 'query ($representations: Int) { me { orders(first: $representations) { nodes { id } } } }',
    variables: { representations: 2 },
  },
  {
    reason: 'has an older introspection schema than graphql-js',
    query: '{ __type(name: "LoginInput") { isOneOf } }',
  },
  {
    reason: 'responds to an unknown operationName with HTTP 500',
    query: 'query One { me { id } }',
    operationName: 'Two',
  },
  {
    reason: 'responds to an operation without a name among several with HTTP 500',
    query: 'query One { me { id } } query Two { me { email } }',
  },
  { reason: 'accepts a subscription, then throws', query: 'subscription { __typename }' },
  {
    reason: 'sends an explicit null where null is not allowed',
    query: 'query ($one: ID = "1") { order(id: $one) { id } }',
    variables: { one: null },
  },
  {
    reason: 'does not parse the literals of custom scalars',
    query: '{ products(filter: { currency: "euro" }) { nodes { id } } }',
  },
  {
    reason: 'does not repeat a query after a lost connection',
    query: '{ orders { nodes { items { product { sku } } } } }',
    fault: { subgraph: 'product', instead: 'reset', times: 1 },
  },
  {
    reason: "reports its own credential's rejection to the client as UNAUTHENTICATED",
    query: '{ me { email } products(first: 1) { nodes { sku } } }',
    fault: { subgraph: 'product', instead: { status: 401, text: '{}' } },
  },
  {
    reason: "reports its own credential's rejection to the client as FORBIDDEN",
    query: '{ me { email } products(first: 1) { nodes { sku } } }',
    fault: { subgraph: 'product', instead: { status: 403, text: '{}' } },
  },
  {
    reason: 'does not report a planned request that is too long as PAYLOAD_TOO_LARGE',
    query: '{ me { email } products(first: 1) { nodes { sku } } }',
    fault: { subgraph: 'product', instead: { status: 413, text: '{}' } },
  },
];
