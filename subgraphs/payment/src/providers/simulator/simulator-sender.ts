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

/** Of one delivery, with the connection and the whole response. */
const timeoutMs = 2_000;
/** With these pauses, deliveries are repeated for about a day. */
const maximumAttempts = 40;
const backoff = { baseMs: 1_000, capMs: 3_600_000 };

/** Sends notices as a real provider does: signed again each time, until the answer is 2xx. */
export class SimulatorSender {
  constructor(
    private readonly needs: {
      notices: SimulatorNoticeRepository;
      /** Where webhooks go. */
      url: string;
      secret: string;
      logger: Logger;
    },
  ) {}

  /** One delivery, and when the next one is due if it fails. */
  async send(notice: DueNotice & DueRow): Promise<void> {
    const { notices, logger } = this.needs;
    const answer = await this.deliver(notice);
    if (answer === 'accepted') return notices.markSent(notice.id);
    const { id, noticeId, dueTries: attempt } = notice;
    const isLast = attempt >= maximumAttempts;
    if (attempt === 1 || isLast)
      logger.warn('simulator: a webhook was not accepted', { id: noticeId, attempt, answer });
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
        const { statusCode, body: answer } = await request(url, { method: 'POST', headers, body, signal });
        // The status decides, even if the rest does not arrive; a response that is not read keeps its connection.
        await answer.dump().catch(() => undefined);
        return statusCode;
      });
      return status >= 200 && status < 300 ? 'accepted' : `HTTP ${status}`;
    } catch (error) {
      return `no answer: ${(error as Error).message}`;
    }
  }
}
