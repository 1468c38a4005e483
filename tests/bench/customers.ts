import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { rest } from '@shop/testkit/http';

export interface Credentials {
  email: string;
  password: string;
}

/** The same request, sent by many clients. */
export interface Storm {
  url: string;
  path: string;
  bodies: readonly object[];
  /** The expected status. */
  status: number;
}

/**
 * Retries after a 503, after the delay in Retry-After.
 *
 * @returns the number of retries
 */
export async function sendWithRetry(
  { url, path, status: expected }: Pick<Storm, 'url' | 'path' | 'status'>,
  body: object,
): Promise<number> {
  for (let retries = 0; ; retries += 1) {
    const { status, headers, body: response } = await rest(url)('POST', path, { body });
    if (status === expected) return retries;
    if (status !== 503) throw new Error(`${path}: ${status} ${JSON.stringify(response)}`);
    await pause(Number(headers.get('retry-after')) * 1_000);
  }
}

const registrationBatchSize = 4;

/** New customers, registered in small groups, because password hashing is expensive. */
export async function registerCustomers(url: string, count: number): Promise<Credentials[]> {
  const customers: Credentials[] = [];
  const registration = { url, path: '/v1/auth/register', status: 201 };
  while (customers.length < count) {
    const group = Array.from({ length: Math.min(registrationBatchSize, count - customers.length) }, () => ({
      email: `bench-${randomUUID()}@example.com`,
      password: 'P@ssw0rd',
    }));
    await Promise.all(group.map((body) => sendWithRetry(registration, body)));
    customers.push(...group);
  }
  return customers;
}
