import type { ServiceCredentials } from '@shop/kit/auth';
import { AppError, genericErrors } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { idleConnections } from '@shop/kit/resilience';
import { Pool } from 'undici';

/** A webhook as it came: nothing of it is read here, because its signature is made for these bytes. */
export interface ReceivedWebhook {
  /** From the address; whether there is such a provider, the payment subgraph knows. */
  provider: string;
  body: Buffer;
  /** Those of the request that may go further. */
  headers: Readonly<Record<string, string>>;
  requestId: string;
}

/** The payment subgraph's own route for webhooks: bytes and their signature have no place in an operation of the graph. */
export interface PaymentWebhooks {
  /**
   * Resolves once the webhook is stored.
   *
   * @throws AppError bad_request, not_found, payload_too_large as the subgraph responded; upstream_unavailable or internal when it is
   * not known to be stored
   */
  store(webhook: ReceivedWebhook): Promise<void>;
  close(): Promise<void>;
}

/** Each holds its body in memory: what comes beyond, forged perhaps, is asked to come again. */
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
    const answer = await pool.request({
      path: `/webhooks/${encodeURIComponent(provider)}`,
      method: 'POST',
      headers: {
        ...headers,
        'x-service-authorization': `Bearer ${credentials.for('payment')}`,
        'x-request-id': requestId,
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    return answer.statusCode;
  }

  return {
    async store(webhook) {
      if (inFlight >= maximumInFlight) throw unavailable();
      inFlight += 1;
      try {
        throwUnlessAccepted(await send(webhook));
      } catch (error) {
        if (error instanceof AppError) throw error;
        logger.error('a webhook was not stored', { error, requestId: webhook.requestId });
        throw unavailable(error);
      } finally {
        inFlight -= 1;
      }
    },
    close: () => pool.close(),
  };
}

/** @throws AppError for everything but 2xx; 401 and 403 mean that the gateway's own credential was rejected */
function throwUnlessAccepted(status: number): void {
  if (status >= 200 && status < 300) return;
  switch (status) {
    case 400:
      throw new AppError(
        'bad_request',
        'The webhook was not signed by its provider just now, or cannot be read.',
      );
    case 404:
      throw new AppError('not_found', 'There is no such payment provider here.');
    case 413:
      throw new AppError('payload_too_large', 'The body is larger than a webhook may be.');
    case 503:
      throw unavailable();
    default:
      throw new AppError('internal', genericErrors.internal.message, {
        cause: new Error(`the payment subgraph answered a webhook with HTTP ${status}`),
      });
  }
}

function unavailable(cause?: unknown): AppError {
  const message = 'The webhook cannot be stored just now: send it again.';
  return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 1 });
}
