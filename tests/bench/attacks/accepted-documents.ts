import { type Attack, many, query } from './rejected-documents';

const payable = ['PayOrderSuccess', 'PaymentDeclined', 'PaymentPending', 'OrderStateConflict'];
const product = 'product { id sku name description stock price { amountCents currency } }';
const inOrder = `id status user { id email } amountDue { amountCents } items { product { name } } payments { id status }`;

/** The most expensive documents within all limits. `orderId`: an order with 10 payment attempts. */
export const acceptedDocuments = (orderId: string): Readonly<Record<string, Attack>> => {
  const order = (inside: string) => query(`{ order(id: "${orderId}") { ${inside} } }`);
  return {
    'A2: payments of orders of payments, 115 bytes': order(
      'payments { order { payments { order { payments { id } } } } }',
    ),
    'A2: payments of orders of payments, 10,000': order(
      'payments { order { payments { order { payments { order { payments { id status failureCode createdAt } } } } } } }',
    ),
    'A2: 100 orders with 100 lines': query(
      '{ orders(first: 100) { nodes { id status items { sku name quantity } } } }',
    ),
    'A2: 49 orders with 100 products': query(`{ orders(first: 49) { nodes { items { ${product} } } } }`),
    'A2: 100 orders with timelines and payments': query(
      '{ orders(first: 100) { nodes { id timeline { at status message } payments { id status amount { amountCents currency } order { amountDue { amountCents } } } } } }',
    ),
    'A2: texts of 100 products under 15 aliases': query(
      `{ products(first: 100) { nodes { ${many(15, (index) => `a${index}: description`)} } } }`,
    ),
    'A1: fragments multiplied by type, 5 levels': query(
      `mutation S { payOrder(input: { orderId: "x" }) { ...F4 } } fragment F0 on Problem { code message } ${many(4, (level) => `fragment F${level + 1} on Problem { ...F${level} ... on OrderNotFound { ...F${level} } ... on OrderStateConflict { ...F${level} } }`)}`,
    ),
    'planning: 5 payments, each outcome with its order': query(
      `mutation { ${many(5, (index) => `p${index}: payOrder(input: { orderId: "x" }) { ...P }`)} } fragment P on PayOrderResult { ${payable.map((type) => `... on ${type} { order { ...B } }`).join(' ')} } fragment B on Order { ${inOrder} payments { order { amountDue { amountCents } user { email } } } }`,
    ),
    'planning: 5 orders with orders inside': query(
      `{ ${many(5, (index) => `o${index}: order(id: "${index}") { ...A }`)} } fragment A on Order { ...B user { orders(first: 2) { nodes { ...B } edges { node { ...B } } } } payments { order { ...B } } } fragment B on Order { id status user { id email } amountDue { amountCents } }`,
    ),
    'introspection: fields of fields under 15 aliases': query(
      `{ __schema { types { ${many(3, (one) => `a${one}: fields { type { ${many(4, (other) => `b${one}${other}: fields { name description type { name kind description } args { name type { name } } }`)} } }`)} } } }`,
    ),
  };
};
