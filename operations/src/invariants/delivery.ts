import type { EventRecord, WebhookRecord } from '../state/state-record';
import type { Verdicts } from './invariant';

/** An event on its way. One that is dead has been given up in the open: it is no breach, but somebody has to look. */
export function* judgeEvent({ state, eventId, type, subscriber, sinceMs, lastError }: EventRecord): Verdicts {
  const problem =
    state === 'dead'
      ? undefined
      : `${type} ${eventId} has not reached ${subscriber ?? 'anybody'}: ${lastError ?? 'not tried yet'}`;
  yield { invariant: 'event-delivered', problem, sinceMs };
}

export function* judgeWebhook({ provider, webhookId, type, sinceMs }: WebhookRecord): Verdicts {
  const problem = `${type} ${webhookId} of ${provider} is not processed`;
  yield { invariant: 'webhook-processed', problem, sinceMs };
}
