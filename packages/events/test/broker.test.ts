import { exposition } from '@shop/kit/metrics';
import { eventually } from '@shop/testkit/eventually';
import { testKeys } from '@shop/testkit/keys';
import { samplesOf } from '@shop/testkit/metrics';
import { describeWithNats, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import {
  connectToBroker,
  createEventSigner,
  createNatsEventBus,
  listenToSource,
  registerStreamMetrics,
} from '../src/nats';
import { newEvent } from './support/new-event';
import { silentLogger as logger } from './support/subscriber';

describeWithNats('The connection to the broker', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.close());

  it('is created again after the client stops reconnecting, as it does when its password is rejected twice', async () => {
    const broker = connectToBroker({ url: nats.url, service: 'payment', logger });
    const bus = createNatsEventBus({ broker, sign: createEventSigner(testKeys().keyFileOf('payment')) });
    const taken: string[] = [];
    const listener = listenToSource({
      ...{ broker, logger, service: 'order', source: 'payment' },
      take(messages) {
        for (const message of messages) {
          taken.push(message.json<{ id: string }>().id);
          message.ack();
        }
        return Promise.resolve();
      },
    });
    const [before, after] = [newEvent(), newEvent()];
    const connection = await broker.connected();
    await bus.deliver([before], 'nats');
    await eventually(() => expect(taken).toEqual([before.id]));

    await connection?.close();

    await eventually(() => bus.deliver([after], 'nats'));
    await eventually(() => expect(taken).toEqual([before.id, after.id]));
    await listener.stop();
    await broker.stop();
  });

  it('asks for as many copies of a new stream as the setting says', async () => {
    const single = await startNatsServer();
    const broker = connectToBroker({ url: single.url, service: 'payment', stream: { replicas: 3 }, logger });
    const bus = createNatsEventBus({ broker, sign: createEventSigner(testKeys().keyFileOf('payment')) });
    await broker.connected();
    const refused = await bus.deliver([newEvent()], 'nats').catch((error: Error) => error.cause);
    await broker.stop();
    await single.close();
    expect(refused).toMatchObject({ message: 'replicas > 1 not supported in non-clustered mode' });
  });

  it('limits a new stream to as many bytes as the setting says', async () => {
    const single = await startNatsServer();
    const stream = { maxBytes: 5 * 1024 ** 2 };
    const broker = connectToBroker({ url: single.url, service: 'payment', stream, logger });
    const bus = createNatsEventBus({ broker, sign: createEventSigner(testKeys().keyFileOf('payment')) });
    await broker.connected();
    await bus.deliver([newEvent()], 'nats');
    registerStreamMetrics(broker);
    const samples = samplesOf((await exposition()).text);
    await broker.stop();
    await single.close();
    expect(samples.get('nats_stream_limit_bytes{stream="SHOP_EVENTS"}')).toBe(5 * 1024 ** 2);
  });

  it('reports the bytes of the stream and their limit', async () => {
    const broker = connectToBroker({ url: nats.url, service: 'payment', logger });
    const bus = createNatsEventBus({ broker, sign: createEventSigner(testKeys().keyFileOf('payment')) });
    await broker.connected();
    await bus.deliver([newEvent()], 'nats');
    registerStreamMetrics(broker);
    const samples = samplesOf((await exposition()).text);
    expect(samples.get('nats_stream_bytes{stream="SHOP_EVENTS"}')).toBeGreaterThan(0);
    expect(samples.get('nats_stream_limit_bytes{stream="SHOP_EVENTS"}')).toBe(1024 ** 3);
    await broker.stop();
  });
});

describeWithNats('The connection to a broker that requires a password', () => {
  it('logs in with the user and the password of the URL', async () => {
    const nats = await startNatsServer({ user: 'shop', password: '7-ab%_c' });
    const url = nats.url.replace('nats://', `nats://shop:${encodeURIComponent('7-ab%_c')}@`);
    const broker = connectToBroker({ url, service: 'payment', logger });
    try {
      await eventually(() => expect(broker.connection).toBeDefined());
    } finally {
      await broker.stop();
      await nats.close();
    }
  });
});
