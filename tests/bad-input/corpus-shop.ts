import { granted, openShop, type Shop, uniqueEmail } from '../e2e/shop';
import { type RawClient, openRawClient } from './raw-client';
import type { Given } from './place';

/** A shop with a door for raw requests. */
export interface CorpusShop {
  shop: Shop;
  client: RawClient;
  /** A customer, a product with plenty of stock and unpaid orders that no other test uses. */
  newGiven(): Promise<Given>;
  close(): Promise<void>;
}

const unpaidOrders = 8;
const plenty = 1_000_000;
/** One customer places an order for every string of the corpus. */
const withoutCustomerLimits = { OPEN_ORDERS_PER_CUSTOMER: '100000', HELD_UNITS_PER_CUSTOMER: '1000000' };

export async function openCorpusShop(): Promise<CorpusShop> {
  // After so many the door is closed: each costs a hash.
  const shop = await openShop(withoutCustomerLimits, {}, { LOGIN_FAILURES_PER_ADDRESS: '60' });
  const client = openRawClient(shop.gatewayUrl);
  const { REST: rest } = shop.storefronts;

  async function newGiven(): Promise<Given> {
    const credentials = { email: uniqueEmail(), password: 'P@ssw0rd' };
    const { accessToken: customerToken } = granted(await rest.register(credentials));
    const { id: productId } = await shop.newProduct({ stock: plenty });
    const orderIds: string[] = [];
    while (orderIds.length < unpaidOrders) {
      const order = granted(await rest.placeOrder(customerToken, [{ productId, quantity: 1 }]));
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
    newGiven,
    async close() {
      client.close();
      await shop.close();
    },
  };
}
