import { createDataSource } from '@shop/kit/database';
import { createDuePoller } from '@shop/kit/due-rows';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { listEvents, replayEvents } from '../src/operations';
import {
  type ClaimedDelivery,
  deliveries,
  type Delivery,
  deliveryTable,
} from '../src/outbox/delivery.repository';
import { newEvent } from './support/new-event';
import { silentLogger } from './support/subscriber';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

/** Claims the only due delivery, as the relay of a process does. */
async function claim(name: string): Promise<ClaimedDelivery> {
  const claimed = Promise.withResolvers<ClaimedDelivery>();
  const poller = createDuePoller<Delivery>({
    ...{ name, table: deliveryTable, dataSource, logger: silentLogger, concurrency: 1 },
    handle: async ([row]) => claimed.resolve(row!),
  });
  poller.start();
  const row = await claimed.promise;
  await poller.stop();
  return row;
}

const rejected = (delivery: ClaimedDelivery) => [{ delivery, isFailure: true, error: 'no', pauseMs: 60_000 }];

it('a late try has no effect on a delivery that was dead-lettered, replayed and claimed since', async () => {
  const event = newEvent();
  await deliveries.insert(dataSource.manager, JSON.stringify([{ subscriber: 'order', event }]));
  const late = await claim('late');
  await dataSource.query('UPDATE event_deliveries SET due_at = now()');
  const moved = await deliveries.moveToDeadLetters(dataSource, rejected(await claim('second')));
  expect(moved).toEqual([{ eventId: event.id, subscriber: 'order' }]);
  await replayEvents(dataSource);
  const present = await claim('third');
  expect(present.dueTries).toBe(late.dueTries);

  await deliveries.postpone(dataSource, rejected(late));
  expect(await deliveries.moveToDeadLetters(dataSource, rejected(late))).toEqual([]);

  expect(await listEvents(dataSource)).toMatchObject([{ state: 'waiting', eventId: event.id, failures: 0 }]);
  await deliveries.postpone(dataSource, rejected(present));
  expect(await listEvents(dataSource)).toMatchObject([{ state: 'retrying', failures: 1, lastError: 'no' }]);
});
