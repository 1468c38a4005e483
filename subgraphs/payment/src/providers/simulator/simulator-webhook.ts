import { createHmac, timingSafeEqual } from 'node:crypto';
import { withTimeLimit } from '@shop/kit/deadline';
import type { DueRow } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import { equalJitterMs } from '@shop/kit/resilience';
import { request } from 'undici';
import { z } from 'zod';
import { type WebhookDelivery, type WebhookNotice, WebhookRejected } from '../payment-provider';
import type { DueNotice, SimulatorNoticeRepository } from './simulator-notice.repository';

/**
 * Header name. Value: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, with one `v1` per secret
 * in use.
 */
export const simulatorSignatureHeader = 'simulator-signature';

/** Maximum difference between the signing time and now, against replay attacks. */
const toleranceMs = 5 * 60_000;

const noticeSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  /** Unix seconds. */
  created: z.number().int().nonnegative().max(253_402_300_799),
  data: z.object({ key: z.string(), orderId: z.string() }).partial(),
});

/** The body of the simulator's webhooks. */
export type SimulatorWebhookBody = z.infer<typeof noticeSchema>;

/** The header value. Several secrets are used while they are rotated. */
export function signSimulatorWebhook(
  body: string | Buffer,
  { secrets, at = new Date() }: { secrets: readonly string[]; at?: Date },
): string {
  const seconds = String(Math.floor(at.getTime() / 1_000));
  return [
    `t=${seconds}`,
    ...secrets.map((secret) => `v1=${digest(seconds, body, secret).toString('hex')}`),
  ].join(',');
}

/** @throws WebhookRejected */
export function readSimulatorWebhook(
  { body, headers }: WebhookDelivery,
  { secret, now = new Date() }: { secret: string; now?: Date },
): WebhookNotice {
  checkSignature(body, headers[simulatorSignatureHeader], { secret, now });
  const notice = noticeSchema.safeParse(parseJson(body));
  if (!notice.success) throw new WebhookRejected('simulator: the webhook has no id, type, created or data');
  const { id, type, created, data } = notice.data;
  return { id, type, chargeKey: data.key ?? null, occurredAt: new Date(created * 1_000) };
}

function checkSignature(
  body: Buffer,
  header: string | undefined,
  expected: { secret: string; now: Date },
): void {
  const { seconds, signatures } = parseHeader(header ?? '');
  if (!/^\d{1,12}$/.test(seconds)) throw new WebhookRejected('simulator: the webhook is not signed');
  const expectedDigest = digest(seconds, body, expected.secret);
  // Compares every signature in constant time.
  const matches = signatures.filter((signature) => timingSafeEqual(expectedDigest, signature));
  if (matches.length === 0) throw new WebhookRejected('simulator: the signature of the webhook is invalid');
  if (Math.abs(expected.now.getTime() - Number(seconds) * 1_000) > toleranceMs) {
    throw new WebhookRejected('simulator: the webhook was signed more than five minutes from now');
  }
}

function parseHeader(header: string): { seconds: string; signatures: Buffer[] } {
  const entries = header.split(',').map((part) => part.split('=', 2) as [string, string | undefined]);
  const valuesOf = (name: string) => entries.filter(([key]) => key === name).map(([, value]) => value ?? '');
  return {
    seconds: valuesOf('t')[0] ?? '',
    // Checked first, because Buffer.from truncates at the first character that is not hex.
    signatures: valuesOf('v1')
      .filter((signature) => /^[0-9a-f]{64}$/.test(signature))
      .map((signature) => Buffer.from(signature, 'hex')),
  };
}

function digest(seconds: string, body: string | Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new WebhookRejected('simulator: the webhook is not JSON', { cause });
  }
}

/** Of one delivery, including connection and response body. */
const timeoutMs = 2_000;
/** With this backoff, deliveries are retried for about a day. */
const maximumAttempts = 40;
const backoff = { baseMs: 1_000, capMs: 3_600_000 };

/** Sends webhooks, with a new signature each time, until the response is 2xx. */
export class SimulatorSender {
  constructor(
    private readonly needs: {
      notices: SimulatorNoticeRepository;
      url: string;
      secret: string;
      logger: Logger;
    },
  ) {}

  /** Makes one delivery, and schedules the next one if it fails. */
  async send(notice: DueNotice & DueRow): Promise<void> {
    const { notices, logger } = this.needs;
    const result = await this.deliver(notice);
    if (result === 'accepted') return notices.markSent(notice.id);
    const { id, noticeId, dueTries: attempt } = notice;
    const isLast = attempt >= maximumAttempts;
    if (attempt === 1 || isLast)
      logger.warn('simulator: webhook was not accepted', { id: noticeId, attempt, reason: result });
    await notices.postpone(id, isLast ? null : equalJitterMs(attempt, backoff));
  }

  /** `accepted`, or a description of the failure. */
  private async deliver({ noticeId: id, type, created, key, orderId }: DueNotice): Promise<string> {
    const { url, secret } = this.needs;
    const body = JSON.stringify({ id, type, created, data: { key, orderId } } satisfies SimulatorWebhookBody);
    const headers = {
      'content-type': 'application/json',
      [simulatorSignatureHeader]: signSimulatorWebhook(body, { secrets: [secret] }),
    };
    try {
      const status = await withTimeLimit(timeoutMs, undefined, async (signal) => {
        const { statusCode, body: response } = await request(url, { method: 'POST', headers, body, signal });
        // Only the status matters. The body is drained, because an unread body keeps its
        // connection.
        await response.dump().catch(() => undefined);
        return statusCode;
      });
      return status >= 200 && status < 300 ? 'accepted' : `HTTP ${status}`;
    } catch (error) {
      return `no response: ${(error as Error).message}`;
    }
  }
}
