import { randomUUID } from 'node:crypto';
import { rest } from '@shop/testkit/http';
import type { TestStack } from '@shop/testkit/stack';

/** A customer with an unpaid order of one line and an older, paid order of two lines. */
export interface OutageShop {
  account: { email: string; password: string };
  userId: string;
  productIds: string[];
  openOrderId: string;
  paidOrderId: string;
  paymentId: string;
  /** The input with which the order was paid. Sending it again is a replay. */
  payment: { orderId: string; paymentMethod: string; idempotencyKey: string };
  tokens: Record<'visitor' | 'customer' | 'admin', string | undefined>;
}

export async function openOutageShop(stack: TestStack): Promise<OutageShop> {
  const send = rest(stack.gatewayUrl);
  const account = { email: `${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const customer = await send<Session>('POST', '/v1/auth/register', { body: account });
  const admin = await send<Session>('POST', '/v1/auth/login', { body: stack.admin });
  const token = customer.body.access_token;
  const products = await send<{ data: { id: string }[] }>('GET', '/v1/products');
  const productIds = products.body.data.map(({ id }) => id);

  async function order(ids: string[]): Promise<string> {
    const items = ids.map((id) => ({ product_id: id, quantity: 1 }));
    const { body } = await send<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
    return body.id;
  }

  const paidOrderId = await order(productIds.slice(0, 2));
  const openOrderId = await order(productIds.slice(0, 1));
  const payment = { orderId: paidOrderId, paymentMethod: 'sim_success', idempotencyKey: randomUUID() };
  const paid = await send<{ payment: { id: string } }>('POST', `/v1/orders/${paidOrderId}/pay`, {
    token,
    body: { payment_method: payment.paymentMethod },
    headers: { 'idempotency-key': payment.idempotencyKey },
  });
  return {
    account,
    userId: customer.body.user.id,
    productIds,
    openOrderId,
    paidOrderId,
    paymentId: paid.body.payment.id,
    payment,
    tokens: { visitor: undefined, customer: token, admin: admin.body.access_token },
  };
}

interface Session {
  access_token: string;
  user: { id: string };
}
