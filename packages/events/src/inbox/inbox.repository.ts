import { query, statement, type Transaction } from '@shop/kit/database';

/** For a migration of a service that receives events. */
export const inboxTable = `
CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
)`;

/** For a migration: the index for rows whose retention has ended. */
export const inboxIndex = 'CREATE INDEX inbox_received_at ON inbox (received_at)';

const insert = statement(
  'InboxRepository.insertNew',
  `INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING
   RETURNING event_id AS "eventId"`,
);

/**
 * Claims events for `consumer` in the transaction of their effects. A concurrent duplicate waits
 * for the transaction.
 *
 * @param eventIds sorted, so that transactions with the same events cannot deadlock
 * @returns those that were not consumed before
 */
export async function insertNew(
  transaction: Transaction,
  consumer: string,
  eventIds: readonly string[],
): Promise<string[]> {
  const rows = await query<{ eventId: string }>(transaction, insert, [consumer, eventIds]);
  return rows.map(({ eventId }) => eventId);
}
