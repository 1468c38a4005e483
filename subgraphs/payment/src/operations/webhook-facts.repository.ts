import type { Snapshot } from '@shop/kit/operator';
import { unprocessedWebhooks } from '../webhooks/webhook.repository';

/** A notice of a provider that was stored and not processed. */
export interface WebhookFact {
  kind: 'webhook';
  provider: string;
  webhookId: string;
  type: string;
  /** When it came, in milliseconds since 1970. */
  sinceMs: number;
}

export function webhookFacts(snapshot: Snapshot): AsyncGenerator<WebhookFact> {
  return snapshot.rows<WebhookFact>(
    `/* WebhookFacts.unprocessed */
     SELECT 'webhook' AS kind, provider, id AS "webhookId", type,
            (extract(epoch FROM received_at) * 1000)::float8 AS "sinceMs"
       FROM webhooks WHERE ${unprocessedWebhooks} ORDER BY received_at`,
  );
}
