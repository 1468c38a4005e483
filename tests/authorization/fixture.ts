import { serviceCredential, userToken } from '@shop/testkit/keys';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { unwrap } from '../e2e/storefront/storefront';
import { restStorefront } from '../e2e/storefront/rest-storefront';
import { type FreshData, freshData, uniqueName } from './fresh-data';
import { type RouteRecorder, recordRoutes } from './recorded-routes';
import { type ShopState, shopState } from './shop-state';
import { webhookSecret } from './signed-webhook';

const password = 'P@ssw0rd';

export interface Account {
  id: string;
  email: string;
  /** Of a session that does not exist, so that no row can end it. */
  token: string;
}

/** A stack with the data of the matrices: a paid order of the owner for one product. */
export interface Fixture {
  stack: TestStack;
  routes: RouteRecorder;
  owner: Account;
  /** Of the owner. */
  credentials: { email: string; password: string };
  accounts: Readonly<Record<'customer' | 'stranger' | 'admin', Account>>;
  product: { id: string; sku: string; name: string };
  order: { id: string };
  payment: { id: string };
  /** Creates data for the rows that change it. */
  fresh: FreshData;
  state: ShopState;
  close(): Promise<void>;
}

export async function openFixture(): Promise<Fixture> {
  const routes = recordRoutes();
  const { payment: paymentEnv, order: orderEnv, ...otherEnv } = routes.serviceEnv;
  const serviceEnv = {
    ...otherEnv,
    // Many rows create an unpaid order of the owner.
    order: { ...orderEnv, OPEN_ORDERS_PER_CUSTOMER: '1000' },
    payment: { ...paymentEnv, SIMULATOR_WEBHOOK_SECRET: webhookSecret },
  };
  const stack = await startTestStack({ serviceEnv });
  const api = restStorefront(stack.gatewayUrl);
  const register = async (): Promise<Account> => {
    const email = `${uniqueName()}@example.com`;
    const { userId: id } = unwrap(await api.register({ email, password }));
    return { id, email, token: userToken({ userId: id }) };
  };
  const [owner, stranger] = [await register(), await register()];
  const { userId: adminId } = unwrap(await api.login(stack.admin));
  const admin = {
    id: adminId,
    email: stack.admin.email,
    token: userToken({ userId: adminId, role: 'ADMIN' }),
  };
  const credentials = { email: owner.email, password };
  const fresh = freshData({ api, owner, credentials, admin });
  const product = await fresh.product();
  const order = unwrap(await api.placeOrder(owner.token, [{ productId: product.id, quantity: 1 }]));
  const { payment } = unwrap(await api.payOrder(owner.token, order.id, 'sim_success'));
  return {
    stack,
    routes,
    owner,
    credentials,
    accounts: { customer: owner, stranger, admin },
    product,
    order,
    payment,
    fresh,
    state: shopState(stack, { owner, admin }),
    close: () => stack.stop(),
  };
}

export function credentialHeader(caller: string, target: string): Record<string, string> {
  return { 'x-service-authorization': `Bearer ${serviceCredential(caller, target)}` };
}
