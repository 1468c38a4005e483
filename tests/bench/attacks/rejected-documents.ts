/**
 * The body of a rejected request; `attempt` makes each document unique, so that nothing is cached.
 */
export type Attack = (attempt: number) => unknown;

export const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
export const query =
  (text: string): Attack =>
  (attempt) => ({ query: `${text} # ${attempt}` });
const nested = (levels: number, open: string, inmost: string, close: string) =>
  open.repeat(levels) + inmost + close.repeat(levels);

/** `levels` fragments; each spreads the previous one `spreads.length` times. */
const multiplied = (levels: number, type: string, inmost: string, spreads: readonly string[]) =>
  `fragment F0 on ${type} { ${inmost} } ${many(levels, (level) => `fragment F${level + 1} on ${type} { ${spreads.join(' ').replaceAll('$F', `...F${level}`)} }`)}`;
const byType = ['$F', '... on OrderNotFound { $F }', '... on OrderStateConflict { $F }'];
const byDirective = ['$F', '... @include(if: true) { $F }', '$F @skip(if: false)'];

/** Named after the limit that they attack; the first error may name another limit. */
export const graphqlAttacks: Readonly<Record<string, Attack>> = {
  'A1: fragments multiplied by type, 12 levels': query(
    `mutation S { payOrder(input: { orderId: "x" }) { ...F12 } } ${multiplied(12, 'Problem', 'code message', byType)}`,
  ),
  'A1: fragments multiplied by type, 14 levels': query(
    `mutation S { payOrder(input: { orderId: "x" }) { ...F14 } } ${multiplied(14, 'Problem', 'code message', byType)}`,
  ),
  'A1: fragments multiplied by directives': query(
    `{ order(id: "x") { ...F20 } } ${multiplied(20, 'Order', 'id user { id }', byDirective)}`,
  ),
  'A1: fragments multiplied inside introspection': query(
    `{ __schema { types { ...F40 } } } ${multiplied(40, '__Type', 'name', ['$F', '$F'])}`,
  ),
  'A2: payments of orders of payments, 5 levels': query(
    `{ order(id: "x") { ${nested(5, 'payments { order { ', 'id', ' } }')} } }`,
  ),
  'A2: payments with amounts, 4 levels': query(
    `{ order(id: "x") { ${nested(3, 'payments { order { ', 'payments { amount { amountCents } order { id } }', ' } }')} } }`,
  ),
  'A2: texts under 15 aliases in every line of 20 orders': query(
    `{ orders { nodes { items { product { ${many(15, (index) => `a${index}: description`)} } } } } }`,
  ),
  'cost: lists in lists': query(
    '{ orders(first: 100) { nodes { user { orders(first: 100) { nodes { items { product { id } } } } } } } }',
  ),
  'depth: 300 fields': query(
    `{ orders { ${nested(75, 'nodes { user { orders { ', 'nodes { id }', ' } } }')} } }`,
  ),
  'aliases: 320': query(`{ me { ${many(320, (index) => `a${index}: id`)} } }`),
  'root fields: 240': query(`{ ${many(240, () => 'me { id }')} }`),
  'directives: 130': query(`{ me { ${many(65, () => 'id @include(if: true) @skip(if: false)')} } }`),
  'logins: 5 in one request': query(
    `mutation { ${many(5, (index) => `a${index}: login(input: { email: "a@example.com", password: "${index}" }) { __typename }`)} }`,
  ),
  'tokens: 256 KB of names': query(`{ ${'a '.repeat(125_000)} }`),
  'tokens: 250 KB of brackets': query('{'.repeat(250_000)),
  'tokens: behind a text of 250 KB': query(
    `{ product(id: "${'x'.repeat(250_000)}") { ${'id '.repeat(1_000)} } }`,
  ),
  'fragments: a cycle': query('query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
  'fragments: 2^60 fields': query(
    `{ ...F0 } ${many(60, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Query { __typename }`,
  ),
  'conflicts: 310 fields of one name, all equal except the last': query(
    `{ me { ${many(310, () => 'x: id')} x: email } }`,
  ),
  'conflicts: 12 lists of 24 fields, compared pair by pair': query(
    `{ ${many(12, () => `products { nodes { ${many(24, () => 'x: id')} } }`)} products { nodes { x: sku } } }`,
  ),
  'conflicts: 60 lists of one name, no two with the same argument': query(
    `{ me { ${many(60, (index) => `orders(first: ${index + 1}) { nodes { id } }`)} } }`,
  ),
  'introspection: deeper than tools query': query(
    `{ __schema { types { ${nested(60, 'fields { type { ', 'name', ' } }')} } } }`,
  ),
  'a batch of 5,000': (attempt) =>
    Array.from({ length: 5_000 }, () => ({ query: `{ __typename } # ${attempt}` })),
  'variables: 200 KB for an ID': (attempt) => ({
    query: `query ($id: ID!) { product(id: $id) { id } } # ${attempt}`,
    variables: { id: Array.from({ length: 100_000 }, (_, index) => index % 10) },
  }),
  'fields of one name, 950': query(`{ me { ${many(950, () => 'id')} email: id } }`),
  'fragments that spread each other, 14 by 14': query(
    `{ me { ...F0 } } ${many(14, (one) => `fragment F${one} on User { ${many(14, (other) => `...F${other}`)} }`)}`,
  ),
  'unknown fields, 950': query(`{ me { ${many(950, (index) => `x${index}`)} } }`),
  'unused variables, 190': query(`query (${many(190, (index) => `$v${index}: Int`)}) { me { id } }`),
  'operations, 110 with one fragment': query(
    `${many(110, (index) => `query Q${index} { me { ...F } }`)} fragment F on User { id }`,
  ),
  'input: lists 470 deep': query(
    `mutation { createOrder(input: { items: ${nested(470, '[', '', ']')} }) { __typename } }`,
  ),
  // JSON text, because JSON.stringify would overflow the stack.
  'variables: lists 100,000 deep': (attempt) =>
    `{"query":"mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } } # ${attempt}","variables":{"input":{"items":${nested(100_000, '[', '', ']')}}}}`,
  'variables: 130,000 lines that are numbers': (attempt) => ({
    query: `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } } # ${attempt}`,
    variables: { input: { items: Array.from({ length: 130_000 }, () => 0) } },
  }),
  'broken JSON: 200 KB of brackets': () => '['.repeat(200_000),
};

/** Bodies of POST /v1/orders, without a token. */
export const restAttacks: Readonly<Record<string, Attack>> = {
  'A4: 130,000 items that are numbers': () => ({ items: Array.from({ length: 130_000 }, () => 0) }),
  'A4: 40,000 unknown members': () =>
    Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`x${index}`, 0])),
};
