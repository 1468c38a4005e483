import { randomUUID } from 'node:crypto';
import { type Credentials, unwrap, type Product, type Storefront } from '../e2e/storefront/storefront';

/** Creates data that no other row uses. */
export interface FreshData {
  product(): Promise<Product>;
  /** An unpaid order of the owner: one unit of a new product. */
  order(): Promise<{ id: string; productId: string }>;
  /** A paid order of the owner. */
  paidOrder(): Promise<{ id: string }>;
  /** A REQUIRES_ACTION payment of the owner. */
  paymentRequiringAction(): Promise<{ id: string; clientSecret: string }>;
  /** A session of the owner. */
  session(): Promise<{ id: string; refreshToken: string }>;
}

export function freshData(shop: {
  api: Storefront;
  owner: { token: string };
  /** Of the owner. */
  credentials: Credentials;
  admin: { token: string };
}): FreshData {
  const { api, owner, credentials, admin } = shop;

  async function product(): Promise<Product> {
    const name = uniqueName();
    const input = { sku: `SKU-${name}`, name, priceCents: 1_000, currency: 'EUR', stock: 10 };
    return unwrap(await api.createProduct(admin.token, input));
  }

  async function order() {
    const { id: productId } = await product();
    const { id } = unwrap(await api.placeOrder(owner.token, [{ productId, quantity: 1 }]));
    return { id, productId };
  }

  return {
    product,
    order,
    async paidOrder() {
      const { id } = await order();
      unwrap(await api.payOrder(owner.token, id, 'sim_success'));
      return { id };
    },
    async paymentRequiringAction() {
      const { id: orderId } = await order();
      const { payment } = unwrap(await api.payOrder(owner.token, orderId, 'sim_requires_action'));
      return { id: payment.id, clientSecret: payment.nextAction?.clientSecret ?? '' };
    },
    async session() {
      const { accessToken, refreshToken } = unwrap(await api.login(credentials));
      return { id: sessionOf(accessToken), refreshToken };
    },
  };
}

/** No hyphen or space: full-text search must treat it as one word. */
export function uniqueName(): string {
  return `w${randomUUID().replaceAll('-', '')}`;
}

function sessionOf(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(payload) as { sid: string }).sid;
}
