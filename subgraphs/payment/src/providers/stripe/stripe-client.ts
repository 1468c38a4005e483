import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { type PaymentProvider, wrapCalls } from '../payment-provider';
import { isBusy, isRateLimited } from './stripe-errors';

const load = createRequire(__filename);

export interface StripeAccess {
  secretKey: string;
  /** Of one HTTP request. */
  timeoutMs: number;
  /** Retries after a connection error or a 5xx; default 0. */
  retries?: number;
  /** Replaces Stripe's URL. */
  apiUrl?: string | undefined;
}

/** Without retries by default: what is safe to repeat, and the deadline, depend on the call. */
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

function addressOf({ protocol, hostname: host, port }: URL) {
  const isPlain = protocol === 'http:';
  return {
    protocol: isPlain ? ('http' as const) : ('https' as const),
    host,
    port: Number(port || (isPlain ? 80 : 443)),
  };
}

/** Retries while another request uses the same key or object; the caller limits the total time. */
export function unlessBusy<T>(call: () => Promise<T>): Promise<T> {
  return retryWhile(isBusy, { firstPauseMs: 50, longestPauseMs: 800 }, call);
}

/** Retries while Stripe rejects the request because of its rate limit. */
export function unlessLimited<T>(call: () => Promise<T>): Promise<T> {
  return retryWhile(isRateLimited, { firstPauseMs: 1_000, longestPauseMs: 32_000 }, call);
}

/** The pause doubles with jitter; after the longest one, the error is thrown. */
async function retryWhile<T>(
  isTemporary: (error: unknown) => boolean,
  { firstPauseMs, longestPauseMs }: { firstPauseMs: number; longestPauseMs: number },
  call: () => Promise<T>,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    try {
      return await call();
    } catch (error) {
      if (!isTemporary(error) || pauseMs > longestPauseMs) throw error;
    }
    await pause(pauseMs * (0.5 + Math.random()));
  }
}

/** Stripe masks quoted keys with asterisks. */
const quotedKeys = /\b(?:sk|rk|pk|whsec)_[\w*]+/g;

/**
 * Removes keys from the errors of the provider and their causes, because errors are logged and
 * printed. For example, Stripe responds to an invalid key with "Invalid API Key provided:
 * sk_test_…".
 */
export function withRedactedErrors(provider: PaymentProvider): PaymentProvider {
  return wrapCalls(provider, (call) =>
    call().catch((error: unknown) => {
      redact(error);
      throw error;
    }),
  );
}

/** In place, because callers distinguish errors by class. `raw` is Stripe's response. */
function redact(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const fields = error as { message?: unknown; stack?: unknown; raw?: unknown; cause?: unknown };
  for (const name of ['message', 'stack'] as const) {
    const text = fields[name];
    if (typeof text === 'string') fields[name] = text.replace(quotedKeys, '[key]');
  }
  redact(fields.raw);
  redact(fields.cause);
}
