import type { Transaction } from '@shop/kit/database';

/** For a migration of a service that receives events. */
export const inboxTable = `
CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
)`;

/**
 * Claims an event for `consumer` in the transaction of its effects. A repeat that comes while the first is under way
 * waits for it.
 *
 * @returns false when the event was consumed before: do nothing
 */
export async function consumeOnce(
  transaction: Transaction,
  { consumer, eventId }: { consumer: string; eventId: string },
): Promise<boolean> {
  const claimed = await transaction.query<unknown[]>(
    `/* InboxRepository.consumeOnce */
     INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, eventId],
  );
  return claimed.length > 0;
}

/** Finds old rows for `forgetOld`; for a migration. */
export const inboxIndex = 'CREATE INDEX inbox_received_at ON inbox (received_at)';

/** @returns how many rows went, at most `limit` */
export async function forgetOld(
  manager: Transaction,
  { days, limit }: { days: number; limit: number },
): Promise<number> {
  const [, removed] = await manager.query<[unknown, number]>(
    `/* InboxRepository.forgetOld */
     DELETE FROM inbox WHERE (consumer, event_id) IN (
       SELECT consumer, event_id FROM inbox WHERE received_at < now() - $1 * interval '1 day' LIMIT $2)`,
    [days, limit],
  );
  return removed;
}
