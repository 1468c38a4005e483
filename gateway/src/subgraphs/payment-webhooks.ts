import type { ServiceCredentials } from '@shop/kit/auth';
import { AppError, genericErrors } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { type CallOutcome, idleConnections, measureCall } from '@shop/kit/resilience';
import { traceHeaders } from '@shop/kit/telemetry';
import { Pool } from 'undici';

/** Not parsed here, because its signature covers these bytes. */
export interface ReceivedWebhook {
  /** From the path; the payment subgraph knows the providers. */
  provider: string;
  body: Buffer;
  /** The headers that are forwarded. */
  headers: Readonly<Record<string, string>>;
  requestId: string;
}

/** Forwards webhooks to a route of the payment subgraph; a GraphQL operation has no raw body. */
export interface PaymentWebhooks {
  /**
   * Resolves when the webhook has been stored.
   *
   * @throws AppError bad_request, not_found, payload_too_large if the subgraph rejected it;
   * upstream_unavailable or internal if the outcome is unknown
   */
  store(webhook: ReceivedWebhook): Promise<void>;
  close(): Promise<void>;
}

/** Limits the memory for bodies, which may be forged; providers repeat what is rejected. */
const maximumInFlight = 64;

export function createPaymentWebhooks(options: {
  /** The payment subgraph's GraphQL endpoint. */
  url: string;
  credentials: ServiceCredentials;
  timeoutMs: number;
  logger: Logger;
}): PaymentWebhooks {
  const { credentials, timeoutMs, logger } = options;
  const pool = new Pool(new URL(options.url).origin, {
    connections: 8,
    connectTimeout: Math.min(1_000, timeoutMs),
    ...idleConnections,
  });
  let inFlight = 0;

  async function send({ provider, body, headers, requestId }: ReceivedWebhook): Promise<number> {
    const response = await pool.request({
      path: `/webhooks/${encodeURIComponent(provider)}`,
      method: 'POST',
      headers: {
        ...headers,
        ...traceHeaders(),
        'x-service-authorization': `Bearer ${credentials.for('payment')}`,
        'x-request-id': requestId,
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body.dump();
    return response.statusCode;
  }

  return {
    async store(webhook) {
      if (inFlight >= maximumInFlight) throw unavailable();
      inFlight += 1;
      try {
        throwUnlessAccepted(await measureCall('payment', () => send(webhook), outcomeOf));
      } catch (error) {
        if (error instanceof AppError) throw error;
        logger.error('webhook was not stored', { error, requestId: webhook.requestId });
        throw unavailable(error);
      } finally {
        inFlight -= 1;
      }
    },
    close: () => pool.close(),
  };
}

function outcomeOf(error: unknown): CallOutcome {
  return error instanceof Error && error.name === 'TimeoutError' ? 'timed_out' : 'connection_lost';
}

/** @throws AppError for statuses other than 2xx; 401 and 403 reject the gateway's own credential */
function throwUnlessAccepted(status: number): void {
  if (status >= 200 && status < 300) return;
  switch (status) {
    case 400:
      throw new AppError(
        'bad_request',
        'The signature of the webhook is missing, invalid or expired, or its body cannot be read.',
      );
    case 404:
      throw new AppError('not_found', 'Unknown payment provider.');
    case 413:
      throw new AppError('payload_too_large', 'The body exceeds the limit for webhooks.');
    case 503:
      throw unavailable();
    default:
      throw new AppError('internal', genericErrors.internal.message, {
        cause: new Error(`the payment subgraph responded to a webhook with HTTP ${status}`),
      });
  }
}

function unavailable(cause?: unknown): AppError {
  const message = 'The webhook cannot be stored at the moment: send it again.';
  return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 1 });
}
