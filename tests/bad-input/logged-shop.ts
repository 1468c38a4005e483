import { randomBytes } from 'node:crypto';
import { rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { type RawClient, openRawClient, type RawResponse, type RawRequest } from './raw-client';

/** A unique text that is valid in an email address. */
export const newCanary = (): string => `canary-${randomBytes(12).toString('hex')}`;

/** A shop that collects all log lines of its processes at level debug. */
export interface LoggedShop {
  stack: TestStack;
  adminToken: string;
  customerToken: string;
  productId: string;
  send: RawClient['send'];
  /** Stops the shop before it reads, so that the log is complete. */
  closeAndReadLog(): Promise<string[]>;
}

export async function openLoggedShop(
  serviceEnv: Partial<Record<'gateway' | 'order', Record<string, string>>> = {},
): Promise<LoggedShop> {
  const lines: string[] = [];
  const stack = await startTestStack({
    // Includes repeated lines, and access lines of all processes.
    env: { LOG_LEVEL: 'debug', LOG_REPEAT_WINDOW_SECONDS: '0', ACCESS_LOG_SAMPLE: '1' },
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

/** A canary and the response to the request that contained it. */
export interface CanaryResponse {
  canary: string;
  response: RawResponse;
}

/** A canary has no character that JSON or a URL escapes. */
export const contains = ({ headers, text }: RawResponse, canary: string): boolean =>
  text.includes(canary) || JSON.stringify(headers).includes(canary);

/** A request that contains a canary. */
export interface CanaryRequest {
  title: string;
  request: (canary: string, shop: LoggedShop) => RawRequest;
  status: number;
}

export async function sendCanary(shop: LoggedShop, { request }: CanaryRequest): Promise<CanaryResponse> {
  const canary = newCanary();
  return { canary, response: await shop.send(request(canary, shop)) };
}
