import { unwrap, openShop, type Shop, uniqueEmail } from '../e2e/shop';
import { type RawClient, openRawClient } from './raw-client';
import type { TestData } from './text-input';

/** A shop and a client for malformed requests. */
export interface RawShop {
  shop: Shop;
  client: RawClient;
  /** A new customer with unpaid orders, and a product with enough stock. */
  newTestData(): Promise<TestData>;
  close(): Promise<void>;
}

const unpaidOrders = 8;
const stock = 1_000_000;
/** One customer places an order for every string of the corpus. */
const withoutCustomerLimits = { OPEN_ORDERS_PER_CUSTOMER: '100000', HELD_UNITS_PER_CUSTOMER: '1000000' };

export async function openRawShop(): Promise<RawShop> {
  // After 60 failures no more passwords are hashed, which saves time.
  const shop = await openShop(withoutCustomerLimits, {}, { LOGIN_FAILURES_PER_ADDRESS: '60' });
  const client = openRawClient(shop.gatewayUrl);
  const { REST: rest } = shop.storefronts;

  async function newTestData(): Promise<TestData> {
    const credentials = { email: uniqueEmail(), password: 'P@ssw0rd' };
    const { accessToken: customerToken } = unwrap(await rest.register(credentials));
    const { id: productId } = await shop.newProduct({ stock });
    const orderIds: string[] = [];
    while (orderIds.length < unpaidOrders) {
      const order = unwrap(await rest.placeOrder(customerToken, [{ productId, quantity: 1 }]));
      orderIds.push(order.id);
    }
    return {
      ...{ adminToken: shop.adminToken, customerToken, productId, orderIds },
      ...{ customerEmail: credentials.email, customerPassword: credentials.password },
    };
  }

  return {
    shop,
    client,
    newTestData,
    async close() {
      client.close();
      await shop.close();
    },
  };
}
