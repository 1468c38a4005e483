import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@shop/local-stack/stack';
import { rest } from '@shop/testkit/http';

const orders = 100;
const lines = 100;
const attempts = 10;
const maximumTries = 10;

interface Product {
  id: string;
  stock: number;
  currency: string;
}

/**
 * A full page of orders of maximum size; the newest has the maximum number of payment attempts.
 * They belong to the ADMIN, who may have more open orders than a customer.
 */
export async function fillShop(stack: Stack): Promise<{ token: string; orderId: string }> {
  const send = rest(stack.gatewayUrl);
  const { body: session } = await sendWithRetry(() =>
    send<{ access_token: string }>('POST', '/v1/auth/login', { body: stack.admin }),
  );
  const token = session.access_token;
  const productIds = await productsToOrder(stack);
  const items = productIds.map((id) => ({ product_id: id, quantity: 1 }));
  let orderId = '';
  for (let count = 0; count < orders; count += 1) {
    const headers = { 'idempotency-key': `order-${count}` };
    const { status, body } = await sendWithRetry(() =>
      send<{ id: string }>('POST', '/v1/orders', { token, headers, body: { items } }),
    );
    if (status !== 201) throw new Error(`no order: ${status} ${JSON.stringify(body)}`);
    orderId = body.id;
  }
  // An unknown payment method charges nothing, so the order can be paid again.
  for (let attempt = 0; attempt < attempts; attempt += 1)
    await send('POST', `/v1/orders/${orderId}/pay`, { token, body: { payment_method: 'unknown' } });
  return { token, orderId };
}

/** Retries, because an overloaded machine may respond 503. */
async function sendWithRetry<A extends { status: number }>(send: () => Promise<A>): Promise<A> {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    if (response.status !== 503 || tries === maximumTries) return response;
    await pause(1_000);
  }
}

/** Products of one currency, as an order requires. */
async function productsToOrder(stack: Stack): Promise<string[]> {
  const found: string[] = [];
  let query = '?limit=100';
  for (;;) {
    const { body } = await rest(stack.gatewayUrl)<{ data: Product[]; page: { next_cursor: string | null } }>(
      'GET',
      `/v1/products${query}`,
    );
    found.push(
      ...body.data.filter(({ stock, currency }) => stock >= orders && currency === 'EUR').map(({ id }) => id),
    );
    if (found.length >= lines) return found.slice(0, lines);
    if (body.page.next_cursor === null) throw new Error(`${found.length} products have enough stock`);
    query = `?limit=100&cursor=${encodeURIComponent(body.page.next_cursor)}`;
  }
}
