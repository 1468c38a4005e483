import { createServiceCredentials } from '@shop/kit/auth';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { startJobs } from '@shop/kit/jobs';
import { createPeer, type Peer } from '@shop/kit/peer';
import { cloneDatabase } from '@shop/testkit/database';
import { serviceEnvironmentFor, testKeys } from '@shop/testkit/keys';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { HttpSubscribers } from '../../src/bus';
import type { ShopEvent, ShopEventType } from '../../src/contracts';
import { parkDelivery, publishEvent } from '../../src/outbox';
import { connectEvents, eventsEnvironment } from '../../src/service';
import { silentLogger, type Subscriber } from './subscriber';

/** The service payment as others see it: it tells what was committed. */
export interface Publisher {
  dataSource: DataSource;
  publish(event: ShopEvent): Promise<void>;
  /** Inserts an event of an unknown type into the outbox, as a newer version would. */
  publishAsNewerVersion(event: ShopEvent, receivers: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const types: ShopEventType[] = ['payment.succeeded', 'payment.failed'];

/** How `caller` reaches the subscribers over HTTP. Close the peers in the end. */
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

/** @param env NATS_URL, and what else differs from the test run's settings */
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
  const events = await connectEvents({ service: 'payment', settings, dataSource, logger, subscribers });
  const jobs = await startJobs({ databaseUrl: database.url, tasks: events.tasks, logger });
  return {
    dataSource,
    publish: (event) => inTransaction(dataSource, (transaction) => publishEvent(transaction, event)),
    publishAsNewerVersion: (event, receivers) =>
      inTransaction(dataSource, async (transaction) => {
        for (const subscriber of receivers) {
          const delivery = { event, subscriber, tries: 0, failures: 0 };
          await parkDelivery(transaction, { delivery, isFailure: false, error: 'not tried', pauseMs: 0 });
        }
      }),
    async close() {
      await jobs.stop();
      await events.stop();
      await dataSource.destroy();
      await database.drop();
    },
  };
}
