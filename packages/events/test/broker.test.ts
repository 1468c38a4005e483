import { eventually } from '@shop/testkit/eventually';
import { testKeys } from '@shop/testkit/keys';
import { describeWithNats, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import { connectToBroker, createEventSigner, createNatsEventBus, listenToSource } from '../src/nats';
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
});
