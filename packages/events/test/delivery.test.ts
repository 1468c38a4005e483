import { randomUUID } from 'node:crypto';
import { createServiceCredentials } from '@shop/kit/auth';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { startJobs } from '@shop/kit/jobs';
import { createLogger } from '@shop/kit/logger';
import { createPeer } from '@shop/kit/peer';
import { type RunningService, startSubgraph } from '@shop/kit/service';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor, testKeys } from '@shop/testkit/keys';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { createHttpEventBus } from '../src/bus';
import { createEvent, type PaymentEvent } from '../src/contracts';
import { type EventHandlers, eventsRoute } from '../src/inbox';
import { publishEvent, publishEventJob, publishEventTask } from '../src/outbox';

// Any migrated database with jobs and an inbox will do: this is the order subgraph's.
let database: TestDatabase;
let dataSource: DataSource;
let subscriber: RunningService;
let effect: NonNullable<EventHandlers['payment.succeeded']>;

const logger = createLogger({ service: 'events-test' });
logger.silent = true;

beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'events-test' }).initialize();
  await dataSource.query('CREATE TABLE effects (event_id uuid, payment_id uuid)');
  const env = serviceEnvironmentFor('order', database.url);
  subscriber = await startSubgraph({
    name: 'order',
    environment: loadConfig({ service: 'order', schema: z.object(serviceEnvironment), env }),
    logger,
    typeDefs: 'type Query { nothing: String }',
    resolvers: {},
    context: (request) => request,
    checkReady: () => Promise.resolve(),
    routes: (app, authenticated) => {
      const handle: EventHandlers = {
        'payment.succeeded': (transaction, event) => effect(transaction, event),
      };
      app.post('/events', authenticated(eventsRoute({ dataSource, consumer: 'test', handle })));
    },
    onStop: () => Promise.resolve(),
  });
});
afterAll(async () => {
  await subscriber.stop();
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => {
  effect = async (transaction, event) => {
    await transaction.query('INSERT INTO effects VALUES ($1, $2)', [event.id, event.data.paymentId]);
  };
});

function newEvent(type: PaymentEvent['type'] = 'payment.succeeded'): PaymentEvent {
  const paymentId = randomUUID();
  const data = {
    paymentId,
    orderId: randomUUID(),
    attempt: 1,
    amountCents: 100,
    currency: 'EUR',
    failureCode: null,
    sent: true,
  };
  return type === 'payment.succeeded'
    ? createEvent({ source: 'payment', type, subject: paymentId, data })
    : createEvent({ source: 'payment', type, subject: paymentId, data });
}

const peerAs = (caller: string) =>
  createPeer({
    name: 'order',
    url: `${subscriber.url}/graphql`,
    credentials: createServiceCredentials({ service: caller, keyFile: testKeys().keyFileOf(caller) }),
  });

async function post(body: object, caller = 'payment'): Promise<void> {
  const peer = peerAs(caller);
  try {
    await peer.post('/events', body);
  } finally {
    await peer.close();
  }
}

const effectsOf = (event: PaymentEvent): Promise<unknown[]> =>
  dataSource.query('SELECT FROM effects WHERE event_id = $1', [event.id]);

describe('POST /events', () => {
  it('has its effect once, however often and however parallel an event is delivered', async () => {
    const event = newEvent();
    await Promise.all(Array.from({ length: 10 }, () => post(event)));
    await post(event);
    expect(await effectsOf(event)).toHaveLength(1);
  });

  it('forgets an event whose effect failed, so that the next delivery has it', async () => {
    const event = newEvent();
    const good = effect;
    effect = async (transaction, failing) => {
      await good(transaction, failing);
      throw new Error('the effect failed');
    };
    await expect(post(event)).rejects.toThrow('HTTP 500');
    expect(await effectsOf(event)).toHaveLength(0);
    effect = good;
    await post(event);
    expect(await effectsOf(event)).toHaveLength(1);
  });

  it('takes what is of no interest without a trace', async () => {
    const [unhandled, unknown] = [newEvent('payment.failed'), newEvent()];
    await post(unhandled);
    await post({ ...unknown, type: 'payment.disputed', data: {} });
    const ids = [unhandled.id, unknown.id];
    expect(await dataSource.query('SELECT FROM inbox WHERE event_id = ANY ($1)', [ids])).toEqual([]);
  });

  it('refuses what is no event', async () => {
    await expect(post({ specversion: '1.0' })).rejects.toThrow('HTTP 400');
  });

  it('refuses an event that its source did not send itself', async () => {
    const event = newEvent();
    await expect(post(event, 'gateway')).rejects.toThrow('HTTP 403');
    expect(await effectsOf(event)).toHaveLength(0);
  });
});

describe('The outbox', () => {
  const published = (event: PaymentEvent): Promise<unknown[]> =>
    dataSource.query(`SELECT FROM graphile_worker._private_jobs WHERE payload ->> 'id' = $1`, [event.id]);

  it('has an event exactly if the transaction commits', async () => {
    const [kept, lost] = [newEvent(), newEvent()];
    await inTransaction(dataSource, (transaction) => publishEvent(transaction, kept));
    const rolledBack = inTransaction(dataSource, async (transaction) => {
      await publishEvent(transaction, lost);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(await published(kept)).toHaveLength(1);
    expect(await published(lost)).toHaveLength(0);
  });

  it('brings each event to every subscriber, also when one of them is missing at first', async () => {
    const event = newEvent();
    const order = peerAs('payment');
    const tries: string[] = [];
    const missingOnce = {
      async post(_path: string, body: object) {
        const isFirst = !tries.includes((body as PaymentEvent).id);
        tries.push((body as PaymentEvent).id);
        if (isFirst) throw new Error('not there');
      },
    };
    const bus = createHttpEventBus({ subscribers: { 'payment.succeeded': [missingOnce, order] } });
    const jobs = await startJobs({
      databaseUrl: database.url,
      tasks: { [publishEventJob]: publishEventTask(bus) },
      logger,
    });
    try {
      await inTransaction(dataSource, (transaction) => publishEvent(transaction, event));
      await eventually(async () => {
        expect(await published(event)).toHaveLength(0);
      });
    } finally {
      await jobs.stop();
      await order.close();
    }
    expect(tries.filter((id) => id === event.id)).toHaveLength(2);
    expect(await effectsOf(event)).toHaveLength(1);
  });
});
