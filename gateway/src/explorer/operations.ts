import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An operation that the explorer opens in a tab. */
export interface ExplorerOperation {
  title: string;
  /** GraphQL, from gateway/explorer/operations. */
  text: string;
  /** JSON; `{{name}}` is replaced by the value of the explorer's environment. */
  variables: string;
  /** ES2019; the explorer runs it after each response. */
  script: string;
}

interface Seed {
  title: string;
  file: string;
  /** Variables of the operation that are read from the explorer's environment, by name. */
  variables?: readonly ExplorerValue[];
  /** Name in the environment, and path in the response, of a value for later operations. */
  keeps?: readonly [ExplorerValue, string];
}

export const explorerValues = ['accessToken', 'productId', 'orderId', 'paymentId'] as const;
type ExplorerValue = (typeof explorerValues)[number];

const directory = join(__dirname, '..', '..', 'explorer', 'operations');

/**
 * The purchase of the README, in order, then queries. Altair opens at most 15 tabs and shows the
 * last one first, so the last one needs no token and explains how to start.
 */
const seeds: readonly Seed[] = [
  { title: '1 Register', file: 'register', keeps: ['accessToken', 'data.register.accessToken'] },
  { title: '2 Choose a product', file: 'choose-product', keeps: ['productId', 'data.products.nodes.0.id'] },
  {
    title: '3 Create an order',
    file: 'create-order',
    variables: ['productId'],
    keeps: ['orderId', 'data.createOrder.order.id'],
  },
  {
    title: '4 Pay the order',
    file: 'pay-order',
    variables: ['orderId'],
    keeps: ['paymentId', 'data.payOrder.payment.id'],
  },
  { title: 'Log in', file: 'login', keeps: ['accessToken', 'data.login.accessToken'] },
  { title: 'Home page', file: 'home-page' },
  { title: 'Search', file: 'search-products' },
  { title: 'Product', file: 'product', variables: ['productId'] },
  { title: 'Product by SKU', file: 'product-by-sku' },
  { title: 'My account', file: 'my-account' },
  { title: 'My sessions', file: 'my-sessions' },
  { title: 'My orders', file: 'my-orders' },
  { title: 'Order', file: 'order', variables: ['orderId'] },
  { title: 'Payment', file: 'payment', variables: ['paymentId'] },
  { title: 'Catalogue', file: 'catalogue' },
];

/** @throws Error when a file of an operation is missing */
export function readExplorerOperations(): Promise<ExplorerOperation[]> {
  return Promise.all(
    seeds.map(async ({ title, file, variables = [], keeps }) => ({
      title,
      text: (await readFile(join(directory, `${file}.graphql`), 'utf8')).trim(),
      variables: JSON.stringify(Object.fromEntries(variables.map((name) => [name, `{{${name}}}`])), null, 2),
      script: keeps ? keepScript(keeps) : '',
    })),
  );
}

/** Ignores responses without the value: errors, and Altair's own introspection query. */
function keepScript([name, path]: readonly [string, string]): string {
  return `const { body } = altair.response;
const response = typeof body === 'string' ? JSON.parse(body) : body;
const value = '${path}'.split('.').reduce((parent, key) => (parent ? parent[key] : undefined), response);
if (value) altair.helpers.setEnvironment('${name}', value, true);`;
}
