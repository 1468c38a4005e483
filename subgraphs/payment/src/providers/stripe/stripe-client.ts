import { createRequire } from 'node:module';
import type Stripe from 'stripe';

const load = createRequire(__filename);

export interface StripeAccess {
  secretKey: string;
  /** Of one HTTP request. */
  timeoutMs: number;
  /** Retries after no answer or a 5xx; default 0. */
  retries?: number;
  /** Instead of Stripe's own address. */
  apiUrl?: string;
}

/** Stripe's own library, told to leave repeats to whoever calls it: only they know what is safe, and how long there is. */
export function createStripeClient({ secretKey, timeoutMs, retries = 0, apiUrl }: StripeAccess): Stripe {
  // It takes long to load: not where nobody pays by it.
  const StripeClient = load('stripe') as typeof Stripe;
  return new StripeClient(secretKey, {
    maxNetworkRetries: retries,
    timeout: timeoutMs,
    telemetry: false,
    ...(apiUrl === undefined ? {} : addressOf(new URL(apiUrl))),
  });
}

function addressOf({ protocol, hostname, port }: URL): {
  protocol: 'http' | 'https';
  host: string;
  port: number;
} {
  const isPlain = protocol === 'http:';
  return { protocol: isPlain ? 'http' : 'https', host: hostname, port: Number(port || (isPlain ? 80 : 443)) };
}
