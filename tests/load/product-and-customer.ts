import type { Stack } from '@shop/local-stack/stack';
import { rest } from '@shop/testkit/http';

/** Creates a product and a customer in a shop that has neither. */
export async function addProductAndCustomer(
  { gatewayUrl, admin }: Stack,
  { stock }: { stock: number },
): Promise<{ productId: string; token: string }> {
  const send = rest(gatewayUrl);
  const session = await send('POST', '/v1/auth/login', { body: admin });
  const created = await send('POST', '/v1/products', {
    token: String(session.body['access_token']),
    body: { sku: 'LAMP', name: 'Lamp', price_cents: 1_000, currency: 'EUR', stock },
  });
  const body = { email: 'customer@example.com', password: 'P@ssw0rd' };
  const customer = await send('POST', '/v1/auth/register', { body });
  return { productId: String(created.body['id']), token: String(customer.body['access_token']) };
}
