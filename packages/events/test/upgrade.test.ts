import { createDataSource } from '@shop/kit/database';
import { cloneDatabase } from '@shop/testkit/database';
import { listEvents } from '../src/operations';
import { deliverByDueRows, deliverByJobs } from '../src/outbox';
import { newEvent } from './support/new-event';

/** The tables of the former job queue, as far as the migration reads them. */
const jobQueue = [
  'DROP SCHEMA IF EXISTS graphile_worker CASCADE',
  'CREATE SCHEMA graphile_worker',
  'CREATE TABLE graphile_worker._private_tasks (id integer PRIMARY KEY, identifier text)',
  'CREATE TABLE graphile_worker._private_jobs (id bigint PRIMARY KEY, task_id integer, payload json)',
  `INSERT INTO graphile_worker._private_tasks VALUES (1, 'publish-event'), (2, 'settle-payment')`,
];

test('The upgrade delivers events of the former job queue, and those that were waiting for a subscriber', async () => {
  const database = await cloneDatabase('payment');
  const dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  const [queued, waiting] = [newEvent(), newEvent()];
  for (const statement of [...deliverByJobs, ...jobQueue]) await dataSource.query(statement);
  await dataSource.query(`INSERT INTO graphile_worker._private_jobs VALUES (1, 1, $1), (2, 2, '{}')`, [
    JSON.stringify(queued),
  ]);
  await dataSource.query(
    `INSERT INTO event_deliveries (event_id, subscriber, event, tries, failures, last_error, next_try_at)
     VALUES ($1, 'order', $2, 3, 1, 'no', now())`,
    [waiting.id, JSON.stringify(waiting)],
  );

  for (const statement of deliverByDueRows) await dataSource.query(statement);

  const found = await listEvents(dataSource);
  expect(found).toHaveLength(2);
  expect(found).toContainEqual(
    expect.objectContaining({ state: 'waiting', eventId: queued.id, subscriber: null, tries: 0 }),
  );
  expect(found).toContainEqual(
    expect.objectContaining({
      state: 'retrying',
      eventId: waiting.id,
      subscriber: 'order',
      tries: 3,
      failures: 1,
    }),
  );
  await dataSource.destroy();
  await database.drop();
});
