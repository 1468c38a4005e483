/**
 * For a migration of a service that publishes or receives events. `event_deliveries`: what a subscriber has not taken at once.
 * `dead_letters`: what it refused for good.
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
