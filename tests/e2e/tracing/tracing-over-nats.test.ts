import { eventually } from '@shop/testkit/eventually';
import { describeWithNats, natsProgram, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import { newTrace, openTracedShop, type TracedShop } from './traced-shop';

let nats: NatsServer;
let traced: TracedShop;
beforeAll(async () => {
  if (!natsProgram()) return;
  nats = await startNatsServer();
  traced = await openTracedShop({ NATS_URL: nats.url });
});
afterAll(async () => {
  await traced?.close();
  await nats?.close();
});

describeWithNats('a purchase whose events go over NATS', () => {
  test('is one trace: the consumer is below the publisher, its inbox below the consumer', async () => {
    const trace = newTrace({ sampled: true });
    await traced.buy(trace);
    await eventually(() =>
      expect([...traced.edgesOf(trace)]).toEqual(
        expect.arrayContaining([
          'payment internal poll events → payment producer publish payment.succeeded',
          'payment producer publish payment.succeeded → order consumer process payment.succeeded',
          'order consumer process payment.succeeded → order client InboxRepository.insertNew',
        ]),
      ),
    );
  });
});
