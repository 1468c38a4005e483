import type { EventRecord, WebhookRecord } from '../state/state-record';
import type { InvariantChecks } from './invariant';

/** An undelivered event. A dead letter is no breach, but an operator must handle it. */
export function* checkEvent({
  state,
  eventId,
  type,
  subscriber,
  sinceMs,
  lastError,
}: EventRecord): InvariantChecks {
  const problem =
    state === 'dead'
      ? undefined
      : `${type} ${eventId} is not delivered to ${subscriber ?? 'any subscriber'}: ${lastError ?? 'not tried yet'}`;
  yield { invariant: 'event-delivered', problem, sinceMs };
}

export function* checkWebhook({ provider, webhookId, type, sinceMs }: WebhookRecord): InvariantChecks {
  const problem = `${type} ${webhookId} of ${provider} is not processed`;
  yield { invariant: 'webhook-processed', problem, sinceMs };
}
