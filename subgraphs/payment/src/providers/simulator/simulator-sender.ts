import { inTransaction } from '@shop/kit/database';
import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { planDelivery, type SimulatorNotice, simulatorNoticePayload } from './simulator-notices';
import {
  signSimulatorWebhook,
  simulatorSignatureHeader,
  type SimulatorWebhookBody,
} from './simulator-webhook';

export interface SimulatorSenderOptions {
  /** Where webhooks go; undefined: nowhere. */
  url: string | undefined;
  secret: string | undefined;
  dataSource: DataSource;
  logger: Logger;
}

const timeoutMs = 2_000;
/** With the pauses below: a day and a half. */
const maximumAttempts = 40;

/** Sends notices as a real provider does: signed anew each time, again and again until the answer is 2xx. */
export function sendSimulatorNoticeTask(options: SimulatorSenderOptions): JobHandler {
  const { url, secret, dataSource, logger } = options;
  return async (payload) => {
    const notice = simulatorNoticePayload.parse(payload);
    if (!url || !secret) return;
    const answer = await deliver(notice, { url, secret });
    if (answer === 'taken') return;
    const { id, attempt } = notice;
    if (attempt === 1 || attempt >= maximumAttempts)
      logger.warn('simulator: a webhook was not taken', { id, attempt, answer });
    if (attempt >= maximumAttempts) return;
    const next = { ...notice, attempt: attempt + 1 };
    await inTransaction(dataSource, (transaction) =>
      planDelivery(transaction, next, { delayMs: pauseAfterAttemptMs(attempt) }),
    );
  };
}

/** 1 s, 2 s, 4 s … one hour. */
function pauseAfterAttemptMs(attempt: number): number {
  return Math.min(3_600_000, 1_000 * 2 ** (attempt - 1));
}

/** `taken`, or what came instead, in words. */
async function deliver(
  notice: SimulatorNotice,
  { url, secret }: { url: string; secret: string },
): Promise<string> {
  const { id, type, created, key, orderId } = notice;
  const body = JSON.stringify({ id, type, created, data: { key, orderId } } satisfies SimulatorWebhookBody);
  try {
    const { ok, status } = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [simulatorSignatureHeader]: signSimulatorWebhook(body, { secrets: [secret] }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return ok ? 'taken' : `HTTP ${status}`;
  } catch (error) {
    return `no answer: ${(error as Error).message}`;
  }
}
