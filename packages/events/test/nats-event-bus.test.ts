import { eventually } from '@shop/testkit/eventually';
import { testKeys } from '@shop/testkit/keys';
import { describeWithNats, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import { connectToBroker, createEventSigner, createNatsEventBus } from '../src/nats';
import { type Exchange, itBehavesAsAnEventBus } from './event-bus-contract';
import { newEvent } from './support/new-event';
import { startPublisher } from './support/publisher';
import { silentLogger, startSubscriber } from './support/subscriber';

describeWithNats('The NATS JetStream event bus', () => itBehavesAsAnEventBus(open));

async function open(env: Record<string, string>): Promise<Exchange & { nats: NatsServer }> {
  const nats = await startNatsServer();
  const settings = { ...env, NATS_URL: nats.url };
  const [order, user] = await Promise.all([
    startSubscriber('order', settings),
    startSubscriber('user', settings),
  ]);
  const publisher = await startPublisher(settings, {});
  const broker = connectToBroker({ url: nats.url, service: 'product', logger: silentLogger });
  await broker.connected();
  const strangersBus = createNatsEventBus({
    broker,
    sign: createEventSigner(testKeys().keyFileOf('product')),
  });
  return {
    receivers: ['nats'],
    ...{ nats, publisher, order, user, strangersBus },
    async close() {
      await Promise.all([publisher.close(), order.close(), user.close(), broker.stop()]);
      await nats.close();
    },
  };
}

describeWithNats('While NATS is unavailable', () => {
  it('services start and work while it is unavailable, and all events are delivered afterwards', async () => {
    const nats = await startNatsServer();
    await nats.kill();
    const settings = { EVENT_RETRY_MAX_MS: '40', NATS_URL: nats.url };
    const order = await startSubscriber('order', settings);
    const publisher = await startPublisher(settings, {});
    const [before, after] = [newEvent(), newEvent()];
    await publisher.publish(before);
    await nats.start();
    await eventually(async () => expect(await order.effectsOf(before)).toBe(1));
    await nats.kill();
    await publisher.publish(after);
    await nats.start();
    await eventually(async () => expect(await order.effectsOf(after)).toBe(1));
    expect(await order.effectsOf(before)).toBe(1);
    await Promise.all([publisher.close(), order.close()]);
    await nats.close();
  });
});
