import type { EventRecord, WebhookRecord } from '../state/state-record';
import type { InvariantChecks } from './invariant';

/**
 * An event on its way. One that is dead has been given up in the open: it is no breach, but
 * somebody has to look.
 */
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
      : `${type} ${eventId} has not reached ${subscriber ?? 'anybody'}: ${lastError ?? 'not tried yet'}`;
  yield { invariant: 'event-delivered', problem, sinceMs };
}

export function* checkWebhook({ provider, webhookId, type, sinceMs }: WebhookRecord): InvariantChecks {
  const problem = `${type} ${webhookId} of ${provider} is not processed`;
  yield { invariant: 'webhook-processed', problem, sinceMs };
}
