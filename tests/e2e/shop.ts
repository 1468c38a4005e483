import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { graphqlStorefront } from './storefront/graphql-storefront';
import { restStorefront } from './storefront/rest-storefront';
import {
  unwrap,
  type Credentials,
  type NewProduct,
  type Order,
  type Product,
  type Session,
  type Storefront,
} from './storefront/storefront';

export { unwrap } from './storefront/storefront';

/** Clients of a running stack, and functions that create test data. */
export interface ShopClient {
  storefronts: Record<Storefront['api'], Storefront>;
  adminToken: string;
  gatewayUrl: string;
  newCustomer(): Promise<Session>;
  newCustomers(count: number): Promise<Session[]>;
  newProduct(overrides?: Partial<NewProduct>): Promise<Product>;
  changePrice(productId: string, priceCents: number): Promise<void>;
  /** A customer with an unpaid order of one product. */
  newOrder(
    storefront: Storefront,
    input: { stock: number; quantity: number },
  ): Promise<{ accessToken: string; product: Product; order: Order }>;
}

/** A stack that was started for a test file. */
export interface Shop extends ShopClient {
  databaseUrls: TestStack['databaseUrls'];
  close(): Promise<void>;
}

/** Retries with a new email: password hashing has a low priority, and a full queue returns 503. */
function registerCustomer(storefront: Storefront): Promise<Session> {
  return eventually(async () =>
    unwrap(await storefront.register({ email: uniqueEmail(), password: 'Customer-5f0c' })),
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
  const client = await connectToShop(stack.gatewayUrl, stack.admin);
  return { ...client, databaseUrls: stack.databaseUrls, close: () => stack.stop() };
}

/** Logs in to a running stack as its administrator. */
export async function connectToShop(gatewayUrl: string, admin: Credentials): Promise<ShopClient> {
  const rest = restStorefront(gatewayUrl);
  const storefronts = { REST: rest, GraphQL: graphqlStorefront(gatewayUrl) };
  const { accessToken: adminToken } = unwrap(await rest.login(admin));

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
    gatewayUrl,
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
      const response = await fetch(`${gatewayUrl}/v1/products/${productId}`, {
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
  };
}
