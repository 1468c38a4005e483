import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { graphqlStorefront } from './storefront/graphql-storefront';
import { restStorefront } from './storefront/rest-storefront';
import {
  unwrap,
  type NewProduct,
  type Order,
  type Product,
  type Session,
  type Storefront,
} from './storefront/storefront';

export { unwrap } from './storefront/storefront';

/** A running stack, and functions that create test data. */
export interface Shop {
  storefronts: Record<Storefront['api'], Storefront>;
  adminToken: string;
  gatewayUrl: string;
  databaseUrls: TestStack['databaseUrls'];
  newCustomer(): Promise<Session>;
  newCustomers(count: number): Promise<Session[]>;
  newProduct(overrides?: Partial<NewProduct>): Promise<Product>;
  changePrice(productId: string, priceCents: number): Promise<void>;
  /** A customer with an unpaid order of one product. */
  newOrder(
    storefront: Storefront,
    input: { stock: number; quantity: number },
  ): Promise<{ accessToken: string; product: Product; order: Order }>;
  close(): Promise<void>;
}

/** Retries with a new email: password hashing has a low priority, and a full queue returns 503. */
function registerCustomer(storefront: Storefront): Promise<Session> {
  return eventually(async () =>
    unwrap(await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' })),
  );
}

export function uniqueEmail(): string {
  return `customer-${randomUUID()}@example.com`;
}

/** Starts a stack with settings of the order process, the payment process, and all processes. */
export async function openShop(
  order: Record<string, string> = {},
  payment: Record<string, string> = {},
  everywhere: Record<string, string> = {},
): Promise<Shop> {
  const stack = await startTestStack({ env: everywhere, serviceEnv: { order, payment } });
  const rest = restStorefront(stack.gatewayUrl);
  const storefronts = { REST: rest, GraphQL: graphqlStorefront(stack.gatewayUrl) };
  const { accessToken: adminToken } = unwrap(await rest.login(stack.admin));

  const newCustomer = () => registerCustomer(rest);
  const newProduct = async (overrides: Partial<NewProduct> = {}) => {
    const sku = `SKU-${randomUUID()}`;
    const product = {
      sku,
      name: `Thing ${sku}`,
      priceCents: 1_000,
      currency: 'EUR',
      stock: 10,
      ...overrides,
    };
    return unwrap(await rest.createProduct(adminToken, product));
  };

  return {
    storefronts,
    adminToken,
    gatewayUrl: stack.gatewayUrl,
    databaseUrls: stack.databaseUrls,
    newCustomer,
    async newCustomers(count) {
      // Four at a time, because the queue of password hashing is limited.
      const customers: Session[] = [];
      while (customers.length < count) {
        const group = Math.min(4, count - customers.length);
        customers.push(...(await Promise.all(Array.from({ length: group }, newCustomer))));
      }
      return customers;
    },
    newProduct,
    async changePrice(productId, priceCents) {
      const response = await fetch(`${stack.gatewayUrl}/v1/products/${productId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ price_cents: priceCents }),
      });
      if (!response.ok) throw new Error(`changing the price failed: ${await response.text()}`);
    },
    async newOrder(storefront, { stock, quantity }) {
      const [{ accessToken }, product] = await Promise.all([newCustomer(), newProduct({ stock })]);
      const order = unwrap(await storefront.placeOrder(accessToken, [{ productId: product.id, quantity }]));
      return { accessToken, product, order };
    },
    close: () => stack.stop(),
  };
}
