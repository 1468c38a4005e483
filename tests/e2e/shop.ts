import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { graphqlStorefront } from './storefront/graphql-storefront';
import { restStorefront } from './storefront/rest-storefront';
import {
  granted,
  type NewProduct,
  type Order,
  type Product,
  type Session,
  type Storefront,
} from './storefront/storefront';

export { granted } from './storefront/storefront';

/** Five real processes and what tests need to have before they begin. */
export interface Shop {
  storefronts: Record<Storefront['api'], Storefront>;
  adminToken: string;
  gatewayUrl: string;
  databaseUrls: TestStack['databaseUrls'];
  newCustomer(): Promise<Session>;
  newCustomers(count: number): Promise<Session[]>;
  newProduct(given?: Partial<NewProduct>): Promise<Product>;
  changePrice(productId: string, priceCents: number): Promise<void>;
  /** A customer with an unpaid order of one product. */
  newOrder(
    storefront: Storefront,
    given: { stock: number; quantity: number },
  ): Promise<{ accessToken: string; product: Product; order: Order }>;
  close(): Promise<void>;
}

/** Repeats while a busy machine answers 503: a hash gives way to everything else. With a new email each time, so nothing is lost. */
function registerCustomer(storefront: Storefront): Promise<Session> {
  return eventually(async () =>
    granted(await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' })),
  );
}

export function uniqueEmail(): string {
  return `customer-${randomUUID()}@example.com`;
}

/** Settings of single processes: for example a short ORDER_TTL_SECONDS of the order process; and of all of them. */
export async function openShop(
  order: Record<string, string> = {},
  payment: Record<string, string> = {},
  everywhere: Record<string, string> = {},
): Promise<Shop> {
  const stack = await startTestStack({ env: everywhere, serviceEnv: { order, payment } });
  const rest = restStorefront(stack.gatewayUrl);
  const storefronts = { REST: rest, GraphQL: graphqlStorefront(stack.gatewayUrl) };
  const { accessToken: adminToken } = granted(await rest.login(stack.admin));

  const newCustomer = () => registerCustomer(rest);
  const newProduct = async (given: Partial<NewProduct> = {}) => {
    const sku = `SKU-${randomUUID()}`;
    const product = { sku, name: `Thing ${sku}`, priceCents: 1_000, currency: 'EUR', stock: 10, ...given };
    return granted(await rest.createProduct(adminToken, product));
  };

  return {
    storefronts,
    adminToken,
    gatewayUrl: stack.gatewayUrl,
    databaseUrls: stack.databaseUrls,
    newCustomer,
    async newCustomers(count) {
      // A few at a time: a password's hash is meant to be dear, and a shop that is asked for too many at once refuses.
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
      if (!response.ok) throw new Error(`the price was not changed: ${await response.text()}`);
    },
    async newOrder(storefront, { stock, quantity }) {
      const [{ accessToken }, product] = await Promise.all([newCustomer(), newProduct({ stock })]);
      const order = granted(await storefront.placeOrder(accessToken, [{ productId: product.id, quantity }]));
      return { accessToken, product, order };
    },
    close: () => stack.stop(),
  };
}
