import { createHttpEventBus } from '../src/bus';
import { type Exchange, itBehavesAsAnEventBus } from './event-bus-contract';
import { startPublisher, subscriberPeers } from './support/publisher';
import { startSubscriber } from './support/subscriber';

describe('The HTTP event bus', () => itBehavesAsAnEventBus(open));

async function open(env: Record<string, string>): Promise<Exchange> {
  const [order, user] = await Promise.all([startSubscriber('order', env), startSubscriber('user', env)]);
  const [peers, strangersPeers] = ['payment', 'product'].map((caller) =>
    subscriberPeers(caller, [order, user]),
  );
  const publisher = await startPublisher(env, peers!);
  return {
    receivers: ['order', 'user'],
    ...{ publisher, order, user, strangersBus: createHttpEventBus(strangersPeers!) },
    async close() {
      await publisher.close();
      for (const { peer } of Object.values({ ...peers })) await peer.close();
      for (const { peer } of Object.values({ ...strangersPeers })) await peer.close();
      await Promise.all([order.close(), user.close()]);
    },
  };
}
