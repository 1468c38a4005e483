import { createServiceCredentials } from '@shop/kit/auth';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { createPeer, type Peer } from '@shop/kit/peer';
import { cloneDatabase } from '@shop/testkit/database';
import { serviceEnvironmentFor, testKeys } from '@shop/testkit/keys';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { HttpSubscribers } from '../../src/bus';
import type { ShopEvent, ShopEventType } from '../../src/contracts';
import { deliveries, type Outbox } from '../../src/outbox';
import { connectEvents, eventsEnvironment } from '../../src/service';
import { silentLogger, type Subscriber } from './subscriber';

/** The service payment, which publishes committed events. */
export interface Publisher {
  dataSource: DataSource;
  outbox: Outbox;
  publish(event: ShopEvent): Promise<void>;
  /** Inserts an event of an unknown type into the outbox, as a newer version would. */
  publishAsNewerVersion(event: ShopEvent, receivers: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const types: ShopEventType[] = ['payment.succeeded', 'payment.failed'];

/** How `caller` reaches the subscribers over HTTP. Close the peers at the end. */
export function subscriberPeers(
  caller: string,
  subscribers: readonly Pick<Subscriber, 'name' | 'url'>[],
): Record<string, { peer: Peer; types: ShopEventType[] }> {
  const credentials = createServiceCredentials({ service: caller, keyFile: testKeys().keyFileOf(caller) });
  return Object.fromEntries(
    subscribers.map(({ name, url }) => {
      const peer = createPeer({ name, url: `${url}/graphql`, credentials, timeoutMs: 1_000 });
      return [name, { peer, types }];
    }),
  );
}

/** @param env NATS_URL, and other settings that differ from the test run's */
export async function startPublisher(
  env: Record<string, string>,
  subscribers: HttpSubscribers,
): Promise<Publisher> {
  const database = await cloneDatabase('payment');
  const dataSource = await createDataSource({ url: database.url, service: 'payment' }).initialize();
  const settings = loadConfig({
    service: 'payment',
    schema: z.object({ ...serviceEnvironment, ...eventsEnvironment }),
    env: { ...serviceEnvironmentFor('payment', database.url), ...env },
  });
  const logger = silentLogger;
  const events = connectEvents({ service: 'payment', settings, dataSource, logger, subscribers });
  events.start();
  const { outbox } = events;
  return {
    dataSource,
    outbox,
    async publish(event) {
      await inTransaction(dataSource, (transaction) => outbox.publish(transaction, event));
      outbox.wake();
    },
    publishAsNewerVersion: (event, receivers) =>
      deliveries.insert(
        dataSource.manager,
        JSON.stringify(receivers.map((subscriber) => ({ subscriber, event }))),
      ),
    async close() {
      await events.stop();
      await dataSource.destroy();
      await database.drop();
    },
  };
}
