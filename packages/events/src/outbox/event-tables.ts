/**
 * For a migration of a service that publishes or receives events. `event_deliveries`: undelivered
 * events, `dead_letters`: events that a subscriber rejected ten times. `deliverByDueRows` adds
 * today's columns.
 */
export const eventTables = [
  `CREATE TABLE event_deliveries (
     event_id uuid NOT NULL,
     subscriber text NOT NULL,
     event jsonb NOT NULL,
     tries integer NOT NULL,
     failures integer NOT NULL,
     last_error text,
     next_try_at timestamptz NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (event_id, subscriber)
   )`,
  'CREATE INDEX event_deliveries_due ON event_deliveries (subscriber, next_try_at)',
  `CREATE TABLE dead_letters (
     event_id uuid NOT NULL,
     subscriber text NOT NULL,
     event jsonb NOT NULL,
     tries integer NOT NULL,
     failures integer NOT NULL,
     last_error text,
     died_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (event_id, subscriber)
   )`,
];

/** The reverse of `eventTables`. */
export const dropEventTables = 'DROP TABLE dead_letters, event_deliveries';

/**
 * For a migration: every undelivered event becomes a due row of `event_deliveries`, including the
 * `publish-event` jobs of the former queue in the schema `graphile_worker`.
 */
export const deliverByDueRows = [
  'ALTER TABLE event_deliveries RENAME COLUMN tries TO due_tries',
  'ALTER TABLE event_deliveries RENAME COLUMN next_try_at TO due_at',
  `ALTER TABLE event_deliveries
     ALTER COLUMN due_at DROP NOT NULL, ALTER COLUMN due_tries SET DEFAULT 0, ALTER COLUMN failures SET DEFAULT 0`,
  'DROP INDEX event_deliveries_due',
  'CREATE INDEX event_deliveries_due ON event_deliveries (due_at) WHERE due_at IS NOT NULL',
  `DO $$ BEGIN
     IF to_regclass('graphile_worker._private_jobs') IS NOT NULL THEN
       INSERT INTO event_deliveries (event_id, subscriber, event, due_at)
       SELECT (payload ->> 'id')::uuid, '*', payload::jsonb, now()
         FROM graphile_worker._private_jobs AS job JOIN graphile_worker._private_tasks AS task ON task.id = job.task_id
        WHERE task.identifier = 'publish-event'
       ON CONFLICT DO NOTHING;
     END IF;
   END $$`,
];

/** The reverse of `deliverByDueRows`. Rows for every subscriber stay. */
export const deliverByJobs = [
  'DROP INDEX event_deliveries_due',
  'UPDATE event_deliveries SET due_at = now() WHERE due_at IS NULL',
  'ALTER TABLE event_deliveries ALTER COLUMN due_at SET NOT NULL',
  'ALTER TABLE event_deliveries RENAME COLUMN due_at TO next_try_at',
  'ALTER TABLE event_deliveries RENAME COLUMN due_tries TO tries',
  'CREATE INDEX event_deliveries_due ON event_deliveries (subscriber, next_try_at)',
];
