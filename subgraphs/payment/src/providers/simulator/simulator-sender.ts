import { withTimeLimit } from '@shop/kit/deadline';
import type { DueRow } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import { equalJitterMs } from '@shop/kit/resilience';
import { request } from 'undici';
import type { DueNotice, SimulatorNoticeRepository } from './simulator-notice.repository';
import {
  signSimulatorWebhook,
  simulatorSignatureHeader,
  type SimulatorWebhookBody,
} from './simulator-webhook';

/** Of one delivery, including connection and response body. */
const timeoutMs = 2_000;
/** With this backoff, deliveries are retried for about a day. */
const maximumAttempts = 40;
const backoff = { baseMs: 1_000, capMs: 3_600_000 };

/**
 * Sends webhooks like a real provider: with a new signature each time, until the response is 2xx.
 */
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
