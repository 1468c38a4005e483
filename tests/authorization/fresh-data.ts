import { randomUUID } from 'node:crypto';
import { type Credentials, granted, type Product, type Storefront } from '../e2e/storefront/storefront';

/** Things of the shop that nothing else uses: what a row does to them disturbs no other row. */
export interface FreshData {
  product(): Promise<Product>;
  /** The owner's, not paid, of one unit of a fresh product. */
  order(): Promise<{ id: string; productId: string }>;
  /** The owner's. */
  paidOrder(): Promise<{ id: string }>;
  /** A REQUIRES_ACTION payment of the owner. */
  waitingPayment(): Promise<{ id: string; clientSecret: string }>;
  /** The owner's. */
  session(): Promise<{ id: string; refreshToken: string }>;
}

export function freshData(shop: {
  api: Storefront;
  owner: { token: string };
  /** The owner's. */
  credentials: Credentials;
  admin: { token: string };
}): FreshData {
  const { api, owner, credentials, admin } = shop;

  async function product(): Promise<Product> {
    const word = uniqueWord();
    const given = { sku: `SKU-${word}`, name: word, priceCents: 1_000, currency: 'EUR', stock: 10 };
    return granted(await api.createProduct(admin.token, given));
  }

  async function order() {
    const { id: productId } = await product();
    const { id } = granted(await api.placeOrder(owner.token, [{ productId, quantity: 1 }]));
    return { id, productId };
  }

  return {
    product,
    order,
    async paidOrder() {
      const { id } = await order();
      granted(await api.payOrder(owner.token, id, 'sim_success'));
      return { id };
    },
    async waitingPayment() {
      const { id: orderId } = await order();
      const { payment } = granted(await api.payOrder(owner.token, orderId, 'sim_requires_action'));
      return { id: payment.id, clientSecret: payment.nextAction?.clientSecret ?? '' };
    },
    async session() {
      const { accessToken, refreshToken } = granted(await api.login(credentials));
      return { id: sessionOf(accessToken), refreshToken };
    },
  };
}

/** Without a hyphen or a space: one word for a search, too. */
export function uniqueWord(): string {
  return `w${randomUUID().replaceAll('-', '')}`;
}

function sessionOf(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(payload) as { sid: string }).sid;
}
