import type { Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { Webhook, type WebhookOutcome } from './webhook.entity';

export type NewWebhook = Pick<Webhook, 'provider' | 'id' | 'type' | 'chargeKey' | 'body' | 'occurredAt'>;

/** Names one notice. */
export type WebhookKey = Pick<Webhook, 'provider' | 'id'>;

/** Which notices an operator asks for; what is left out does not matter. */
export interface WebhookFilter {
  provider?: string;
  id?: string;
  chargeKey?: string;
  /** True: those that wait. */
  isWaiting?: boolean;
  outcome?: WebhookOutcome;
  receivedSince?: Date;
}

const matchesFilter = `($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR id = $2)
  AND ($3::text IS NULL OR charge_key = $3) AND ($4::boolean IS NULL OR (processed_at IS NULL) = $4)
  AND ($5::text IS NULL OR outcome = $5) AND ($6::timestamptz IS NULL OR received_at >= $6)`;

function filterValues(filter: WebhookFilter): unknown[] {
  const { provider, id, chargeKey, isWaiting, outcome, receivedSince } = filter;
  return [provider, id, chargeKey, isWaiting, outcome, receivedSince].map((value) => value ?? null);
}

/** The table `webhooks`. Methods run on their own unless they are given a transaction. */
export class WebhookRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** False when it has come before: then only that is counted. */
  async insert(transaction: Transaction, webhook: NewWebhook): Promise<boolean> {
    const { provider, id, type, chargeKey, body, occurredAt } = webhook;
    const [row] = await transaction.query<{ isNew: boolean }[]>(
      `/* WebhookRepository.insert */
       INSERT INTO webhooks (provider, id, type, charge_key, body, occurred_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (provider, id) DO UPDATE SET deliveries = webhooks.deliveries + 1
       RETURNING deliveries = 1 AS "isNew"`,
      [provider, id, type, chargeKey, body, occurredAt],
    );
    return row?.isNew ?? false;
  }

  /** Counts an attempt; null when it is processed already. */
  async beginProcessing({
    provider,
    id,
  }: WebhookKey): Promise<Pick<Webhook, 'chargeKey' | 'type' | 'attempts'> | null> {
    const [webhook] = await this.dataSource.query<Pick<Webhook, 'chargeKey' | 'type' | 'attempts'>[]>(
      `/* WebhookRepository.beginProcessing */
       WITH begun AS (
         UPDATE webhooks SET attempts = attempts + 1 WHERE provider = $1 AND id = $2 AND processed_at IS NULL
         RETURNING charge_key, type, attempts
       )
       SELECT charge_key AS "chargeKey", type, attempts FROM begun`,
      [provider, id],
    );
    return webhook ?? null;
  }

  async markProcessed({ provider, id }: WebhookKey, outcome: WebhookOutcome): Promise<void> {
    await this.dataSource.query(
      `/* WebhookRepository.markProcessed */
       UPDATE webhooks SET outcome = $3, processed_at = now()
       WHERE provider = $1 AND id = $2 AND processed_at IS NULL`,
      [provider, id, outcome],
    );
  }

  find({ provider, id }: WebhookKey): Promise<Webhook | null> {
    return this.dataSource.manager.findOne(Webhook, {
      where: { provider, id },
      comment: 'WebhookRepository.find',
    });
  }

  /** Newest first, without bodies. */
  list(filter: WebhookFilter, limit: number): Promise<Omit<Webhook, 'body'>[]> {
    return this.dataSource.query<Omit<Webhook, 'body'>[]>(
      `/* WebhookRepository.list */
       SELECT provider, id, type, charge_key AS "chargeKey", occurred_at AS "occurredAt", received_at AS "receivedAt",
              deliveries, attempts, outcome, processed_at AS "processedAt"
       FROM webhooks WHERE ${matchesFilter} ORDER BY received_at DESC, id DESC LIMIT $7`,
      [...filterValues(filter), limit],
    );
  }

  /** Makes notices wait again, the oldest first; answers which. */
  async reopen(transaction: Transaction, filter: WebhookFilter, limit: number): Promise<WebhookKey[]> {
    return transaction.query<WebhookKey[]>(
      `/* WebhookRepository.reopen */
       WITH chosen AS (
         SELECT provider, id FROM webhooks WHERE ${matchesFilter} ORDER BY received_at, id LIMIT $7 FOR UPDATE
       ), reopened AS (
         UPDATE webhooks SET outcome = NULL, processed_at = NULL, attempts = 0
         FROM chosen WHERE webhooks.provider = chosen.provider AND webhooks.id = chosen.id
         RETURNING webhooks.provider, webhooks.id
       )
       SELECT provider, id FROM reopened`,
      [...filterValues(filter), limit],
    );
  }
}
