import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '../history/history';
import type { Account } from './account';
import type { RetryLimits } from './perform';
import type { ShopResponse } from './request';
import type { Scenario } from './scenario';

/** The outcome of a payment's authentication; undefined if it is unknown or none was required. */
export type Authentication = 'succeeded' | 'failed' | undefined;

const retryAfterMs = 200;

/**
 * Completes, fails or abandons the authentication, depending on the scenario. Retries until the
 * provider has responded.
 */
export async function authenticate(
  { scenario, customer, retryLimits }: { scenario: Scenario; customer: Account; retryLimits: RetryLimits },
  { body }: ShopResponse,
): Promise<Authentication> {
  const { payment } = body as { payment?: { next_action?: { client_secret: string } | null } };
  const clientSecret = payment?.next_action?.client_secret;
  if (clientSecret === undefined || scenario === 'authentication_abandoned') return undefined;
  const isSuccess = scenario === 'authenticated';
  const end = { client_secret: clientSecret, outcome: isSuccess ? 'SUCCEEDED' : 'FAILED' };
  while (!retryLimits.isExpired()) {
    const path = '/v1/payments/simulator/authentications';
    const { status } = await customer.send({ method: 'POST', path, body: end });
    if (status === 204) return isSuccess ? 'succeeded' : 'failed';
    // 409: closed at the time limit.
    if (status === 409) return 'failed';
    await pause(retryAfterMs);
  }
  return undefined;
}

/**
 * Records an order that contradicts the authentication: paid after a failed one, or not paid after
 * a successful one.
 */
export function checkAuthentication(
  operation: Operation | undefined,
  authentication: Authentication,
  status: unknown,
): void {
  if (!operation || authentication === undefined || status === undefined) return;
  const expected = authentication === 'succeeded' ? 'CONFIRMED' : 'CANCELLED';
  if (status !== expected)
    operation.contradictions.push(
      `the authentication ${authentication}, but the order is ${JSON.stringify(status)}`,
    );
}
