import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { createDataSource } from '@shop/kit/database';
import { createLogger } from '@shop/kit/logger';
import { type RunningService, startSubgraph } from '@shop/kit/service';
import { currentTraceparent } from '@shop/kit/telemetry';
import { cloneDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { ShopEvent } from '../../src/contracts';
import type { EventHandlers } from '../../src/inbox';
import { connectEvents, eventsEnvironment } from '../../src/service';

/** A service that receives events: its handler inserts each into a table, or fails. */
export interface Subscriber {
  name: string;
  /** http://host:port, the same after a restart. */
  url: string;
  dataSource: DataSource;
  /** How often an event took effect. */
  effectsOf(event: ShopEvent): Promise<number>;
  /** The IDs of the events that were handled together, for each call of the handler. */
  batches: readonly string[][];
  /** The traces in which an event was handled. */
  tracesOf(event: ShopEvent): string[];
  /** Handling this event fails from now on. */
  failOn(event: ShopEvent): void;
  /** Handling this event fails because the database is unavailable. */
  loseDatabaseOn(event: ShopEvent): void;
  /** Handling this event exceeds the statement timeout. */
  overloadDatabaseOn(event: ShopEvent): void;
  /** Ends all failures. */
  heal(event: ShopEvent): void;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Silent, because tests provoke failures. */
export const silentLogger = createLogger({ service: 'events-test' });
silentLogger.silent = true;

/** @param env NATS_URL, and other settings that differ from the test run's */
export async function startSubscriber(name: string, env: Record<string, string>): Promise<Subscriber> {
  // Any migrated database with an outbox and an inbox works; this is the order subgraph's.
  const database = await cloneDatabase('order');
  const dataSource = await createDataSource({ url: database.url, service: name }).initialize();
  await dataSource.query('CREATE TABLE effects (event_id uuid)');
  const failing = new Map<string, Error>();
  const overloading = new Set<string>();
  const traces: { id: string; trace: string | undefined }[] = [];
  const batches: string[][] = [];
  const handlers: EventHandlers = {
    types: ['payment.succeeded'],
    ignored: ['payment.failed'],
    async handle(transaction, events) {
      batches.push(events.map(({ id }) => id));
      for (const event of events) {
        traces.push({ id: event.id, trace: currentTraceparent() });
        await transaction.query('INSERT INTO effects VALUES ($1)', [event.id]);
        if (overloading.has(event.id))
          await transaction.query("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(10)");
        const failure = failing.get(event.id);
        if (failure) throw failure;
      }
    },
  };
  const startAt = (PORT: string) =>
    startService({ name, dataSource, databaseUrl: database.url, handlers, env: { ...env, PORT } });
  let running: RunningService | undefined = await startAt('0');
  const { url } = running;
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    name,
    url,
    dataSource,
    batches,
    async effectsOf({ id }) {
      const sql = 'SELECT count(*)::int AS count FROM effects WHERE event_id = $1';
      const [row] = await dataSource.query<[{ count: number }]>(sql, [id]);
      return row.count;
    },
    tracesOf: ({ id }) => traces.filter((seen) => seen.id === id).map(({ trace }) => trace ?? 'none'),
    failOn: ({ id }) => void failing.set(id, new Error('the effect failed')),
    loseDatabaseOn: ({ id }) => void failing.set(id, new Error('Connection terminated unexpectedly')),
    overloadDatabaseOn: ({ id }) => void overloading.add(id),
    heal({ id }) {
      failing.delete(id);
      overloading.delete(id);
    },
    stop,
    async start() {
      // An outgoing connection may use the port for a moment.
      running ??= await eventually(() => startAt(new URL(url).port));
    },
    async close() {
      await stop();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

async function startService(parts: {
  name: string;
  dataSource: DataSource;
  databaseUrl: string;
  handlers: EventHandlers;
  env: Record<string, string>;
}): Promise<RunningService> {
  const { name, dataSource, databaseUrl, handlers } = parts;
  const settings = loadConfig({
    service: name,
    schema: z.object({ ...serviceEnvironment, ...eventsEnvironment }),
    env: { ...serviceEnvironmentFor(name, databaseUrl), DRAIN_DELAY_MS: '0', ...parts.env },
  });
  const logger = silentLogger;
  return startSubgraph({
    ...{ name, settings, logger },
    identity: { name: 'user', roles: [] },
    typeDefs: 'type Query { nothing: String }',
    resolvers: {},
    create({ background }) {
      const events = connectEvents({ service: name, settings, dataSource, logger });
      background.defer(() => events.stop());
      const receiveEvents = events.receive(handlers);
      events.start();
      return {
        context: (request) => request,
        routes: (app, authenticated) => void app.post('/events', authenticated(receiveEvents)),
      };
    },
  });
}
