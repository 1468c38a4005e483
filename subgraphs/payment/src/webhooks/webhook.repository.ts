import { columnList, commitStep, query, statement } from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import { Webhook, type WebhookOutcome } from './webhook.entity';

type NewWebhook = Pick<Webhook, 'provider' | 'id' | 'type' | 'chargeKey' | 'body' | 'occurredAt'>;

/** Identifies one webhook. */
type WebhookKey = Pick<Webhook, 'provider' | 'id'>;

/** A webhook that is being processed. */
export type DueWebhook = WebhookKey & Pick<Webhook, 'type' | 'chargeKey'>;

/** Webhooks that are not processed yet. */
export const dueWebhooks: Omit<DueTable, 'leaseMs'> = {
  table: 'webhooks',
  key: { provider: 'text', id: 'text' },
  columns: 'due_row.provider, due_row.id, type, charge_key AS "chargeKey"',
  set: 'attempts = due_row.attempts + 1',
};

/** For SQL that reads all of them with the index webhooks_due; a CHECK guarantees it. */
export const unprocessedWebhooks = 'webhooks.due_at IS NOT NULL';

/** A webhook about a payment that succeeded and is not refunded needs no inquiry. */
const insert = statement(
  'WebhookRepository.insert',
  `INSERT INTO webhooks (provider, id, type, charge_key, body, occurred_at, outcome, processed_at, due_at)
   SELECT $1, $2, $3, $4, $5::bytea, $6::timestamptz, CASE WHEN is_decided THEN 'already_decided' END, CASE WHEN is_decided THEN now() END,
          CASE WHEN NOT is_decided THEN now() END
     FROM (SELECT EXISTS (
             SELECT FROM payments
              WHERE provider = $1 AND provider_key = $4 AND status = 'SUCCEEDED'
                AND NOT EXISTS (SELECT FROM refunds WHERE payment_id = payments.id)
           ) AS is_decided) AS payment
   ON CONFLICT (provider, id) DO UPDATE SET deliveries = webhooks.deliveries + 1
   RETURNING deliveries = 1 AND due_at IS NOT NULL AS "isDue"`,
);

const markProcessed = statement(
  'WebhookRepository.markProcessed',
  `UPDATE webhooks SET outcome = $3, processed_at = now(), due_at = NULL, due_tries = 0
    WHERE provider = $1 AND id = $2 AND processed_at IS NULL`,
);

/** Filter of stored webhooks; omitted fields match every webhook. */
export interface WebhookFilter {
  provider?: string;
  id?: string;
  chargeKey?: string;
  /** True: unprocessed webhooks only. */
  isWaiting?: boolean;
  receivedSince?: Date;
}

const matchesFilter = `($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR id = $2)
  AND ($3::text IS NULL OR charge_key = $3) AND ($4::boolean IS NULL OR (processed_at IS NULL) = $4)
  AND ($5::timestamptz IS NULL OR received_at >= $5)`;

function filterValues(filter: WebhookFilter): unknown[] {
  const { provider, id, chargeKey, isWaiting, receivedSince } = filter;
  return [provider, id, chargeKey, isWaiting, receivedSince].map((value) => value ?? null);
}

/** The table `webhooks`. */
export class WebhookRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores a webhook, due now if it needs an inquiry. A repeat is only counted.
   *
   * @returns whether it is due
   */
  async insert({ provider, id, type, chargeKey, body, occurredAt }: NewWebhook): Promise<boolean> {
    const values = [provider, id, type, chargeKey, body, occurredAt];
    const [row] = await commitStep<{ isDue: boolean }>(
      this.dataSource,
      'payment.webhook_stored',
      insert,
      values,
    );
    return row?.isDue ?? false;
  }

  async markProcessed({ provider, id }: WebhookKey, outcome: WebhookOutcome): Promise<void> {
    await query(this.dataSource, markProcessed, [provider, id, outcome]);
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
       SELECT ${columnList(Webhook, { except: ['body'] })}
       FROM webhooks WHERE ${matchesFilter} ORDER BY received_at DESC, id DESC LIMIT $6`,
      [...filterValues(filter), limit],
    );
  }

  /**
   * Makes stored webhooks due again, oldest first. Safe at any time, because a webhook only causes
   * an inquiry.
   *
   * @returns their keys
   */
  reopen(filter: WebhookFilter, limit: number): Promise<WebhookKey[]> {
    return this.dataSource.query<WebhookKey[]>(
      `/* WebhookRepository.reopen */
       WITH chosen AS (
         SELECT provider, id FROM webhooks WHERE ${matchesFilter} ORDER BY received_at, id LIMIT $6 FOR UPDATE
       ), reopened AS (
         UPDATE webhooks SET outcome = NULL, processed_at = NULL, attempts = 0, due_at = now(), due_tries = 0
         FROM chosen WHERE webhooks.provider = chosen.provider AND webhooks.id = chosen.id
         RETURNING webhooks.provider, webhooks.id
       )
       SELECT provider, id FROM reopened`,
      [...filterValues(filter), limit],
    );
  }
}
