import { randomBytes } from 'node:crypto';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { type RawClient, openRawClient, type RawResponse, type RawRequest } from './raw-client';

/** A text that is nowhere by chance; also a part of an email address. */
export const newCanary = (): string => `canary-${randomBytes(12).toString('hex')}`;

/** A shop of which every line is heard that its processes write, at the level that says most. */
export interface WatchedShop {
  stack: TestStack;
  adminToken: string;
  customerToken: string;
  productId: string;
  send: RawClient['send'];
  /** Stops the shop, so that nothing more is written. */
  closeAndReadLog(): Promise<string[]>;
}

/** Settings of single processes. */
export async function openWatchedShop(
  serviceEnv: Partial<Record<'gateway' | 'order', Record<string, string>>> = {},
): Promise<WatchedShop> {
  const lines: string[] = [];
  const stack = await startTestStack({
    // Each line is searched: none may be left out as a repeat.
    env: { LOG_LEVEL: 'debug', LOG_REPEAT_WINDOW_SECONDS: '0' },
    serviceEnv,
    onLog: (service, line) => lines.push(`${service} ${line}`),
  });
  const send = rest(stack.gatewayUrl);
  const client = openRawClient(stack.gatewayUrl);
  const { body: admin } = await send('POST', '/v1/auth/login', { body: stack.admin });
  const customer = { email: 'customer@example.com', password: 'P@ssw0rd' };
  const { body: session } = await send('POST', '/v1/auth/register', { body: customer });
  const token = String(admin['access_token']);
  const body = { sku: 'CANARY', name: 'Cage', price_cents: 100, currency: 'EUR', stock: 1_000 };
  const { body: product } = await send('POST', '/v1/products', { token, body });
  return {
    stack,
    adminToken: token,
    customerToken: String(session['access_token']),
    productId: String(product['id']),
    send: client.send,
    async closeAndReadLog() {
      client.close();
      await stack.stop();
      return lines;
    },
  };
}

/** A canary on its way: where it was planted, and what came back. */
export interface Planted {
  canary: string;
  response: RawResponse;
}

/** It is made of nothing that JSON or a URL would escape. */
export const holds = ({ headers, text }: RawResponse, canary: string): boolean =>
  text.includes(canary) || JSON.stringify(headers).includes(canary);

/** One place for a canary. */
export interface Plant {
  what: string;
  request: (canary: string, shop: WatchedShop) => RawRequest;
  status: number;
}

export async function plant(shop: WatchedShop, { request }: Plant): Promise<Planted> {
  const canary = newCanary();
  return { canary, response: await shop.send(request(canary, shop)) };
}
