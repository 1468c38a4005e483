import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { rest } from '@shop/testkit/http';

export interface Credentials {
  email: string;
  password: string;
}

/** The same request by many. */
export interface Storm {
  url: string;
  path: string;
  bodies: readonly object[];
  /** The status that ends it. */
  status: number;
}

/**
 * As a good client: what is told to wait waits as long as it is told.
 *
 * @returns how often it was told
 */
export async function sendWithRetry(
  { url, path, status: expected }: Pick<Storm, 'url' | 'path' | 'status'>,
  body: object,
): Promise<number> {
  for (let waits = 0; ; waits += 1) {
    const { status, headers, body: response } = await rest(url)('POST', path, { body });
    if (status === expected) return waits;
    if (status !== 503) throw new Error(`${path}: ${status} ${JSON.stringify(response)}`);
    await pause(Number(headers.get('retry-after')) * 1_000);
  }
}

const registeredAtOnce = 4;

/** New customers, a few at a time: a password's hash is meant to be dear. */
export async function registerCustomers(url: string, count: number): Promise<Credentials[]> {
  const customers: Credentials[] = [];
  const registration = { url, path: '/v1/auth/register', status: 201 };
  while (customers.length < count) {
    const group = Array.from({ length: Math.min(registeredAtOnce, count - customers.length) }, () => ({
      email: `bench-${randomUUID()}@example.com`,
      password: 'P@ssw0rd',
    }));
    await Promise.all(group.map((body) => sendWithRetry(registration, body)));
    customers.push(...group);
  }
  return customers;
}
