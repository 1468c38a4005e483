import { createRequire } from 'node:module';
import type Stripe from 'stripe';

const load = createRequire(__filename);

export interface StripeAccess {
  secretKey: string;
  /** Of one HTTP request. */
  timeoutMs: number;
  /** Retries after a connection error or a 5xx; default 0. */
  retries?: number;
  /** Replaces Stripe's URL. */
  apiUrl?: string;
}

/** Without retries by default: only the caller knows what is safe to repeat, and the deadline. */
export function createStripeClient({ secretKey, timeoutMs, retries = 0, apiUrl }: StripeAccess): Stripe {
  // Loaded on first use, because loading it is slow.
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
