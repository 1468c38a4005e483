import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { eventually } from '@shop/testkit/eventually';
import { webhookSecret } from '@shop/testkit/webhooks';
import type { WebhookNotice } from '../src/providers/payment-provider';
import { readSimulatorWebhook } from '../src/providers/simulator/simulator-webhook';
import { dueWork } from '../src/services';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

/** A fake gateway that stores correctly signed webhooks. */
interface Receiver {
  url: string;
  /** While true, every response is 503. */
  isUnavailable: boolean;
  /** Matching deliveries get no response and are not stored. */
  hangs: (notice: WebhookNotice) => boolean;
  /** Deliveries without a response. */
  hanging: number;
  /** Matching deliveries get 200 with a body that does not end. */
  neverEnds: (notice: WebhookNotice) => boolean;
  /** For each stored webhook: whether another delivery was hanging when it arrived. */
  arrivedBeside: Map<string, boolean>;
  noticesOf(orderId: string): WebhookNotice[];
  stop(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const notices: WebhookNotice[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      const notice = readSimulatorWebhook({ body, headers }, { secret: webhookSecret });
      if (receiver.hangs(notice)) {
        receiver.hanging += 1;
        response.on('close', () => (receiver.hanging -= 1));
        return;
      }
      notices.push(notice);
      receiver.arrivedBeside.set(notice.chargeKey ?? '', receiver.hanging > 0);
      if (receiver.neverEnds(notice)) {
        response.writeHead(200);
        const timer = setInterval(() => response.write('.'), 100);
        response.on('close', () => clearInterval(timer));
        return;
      }
      response.writeHead(receiver.isUnavailable ? 503 : 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/payments/webhooks/simulator`,
    isUnavailable: false,
    hangs: () => false,
    neverEnds: () => false,
    hanging: 0,
    arrivedBeside: new Map(),
    noticesOf: (orderId) => notices.filter(({ chargeKey }) => chargeKey?.startsWith(orderId)),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

let receiver: Receiver;
let service: PaymentService;

beforeAll(async () => {
  receiver = await startReceiver();
  service = await startPaymentService({
    SIMULATOR_WEBHOOK_SECRET: webhookSecret,
    SIMULATOR_WEBHOOK_URL: receiver.url,
  });
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const expectDelivered = (orderId: string, types: string[]) =>
  eventually(() => expect(receiver.noticesOf(orderId).map(({ type }) => type)).toEqual(types));

function dueNoticesOf(orderId: string) {
  return service.sql('SELECT FROM simulator.notices WHERE order_id = $1 AND due_at IS NOT NULL', [orderId]);
}

describe("The simulator's webhooks", () => {
  it.each([
    ['sim_success', 'charge.succeeded'],
    ['sim_declined', 'charge.declined'],
    ['sim_processing', 'charge.succeeded'],
    ['sim_timeout', 'charge.succeeded'],
  ])('report the outcome of a charge with %s: %s', async (paymentMethod, type) => {
    const attempt = newAttempt({ paymentMethod });
    await service.charge(attempt);
    await expectDelivered(attempt.orderId, [type]);
    expect(receiver.noticesOf(attempt.orderId)[0]?.chargeKey).toBe(`${attempt.orderId}:1`);
  });

  it('report a refund once, after the charge', async () => {
    const attempt = newAttempt();
    await service.charge(attempt);
    await expectDelivered(attempt.orderId, ['charge.succeeded']);
    await service.refund(attempt.orderId);
    await service.refund(attempt.orderId);
    await expectDelivered(attempt.orderId, ['charge.succeeded', 'charge.refunded']);
  });

  it.each([
    ['sim_refund_pending', ['charge.refunded']],
    ['sim_refund_failed', ['charge.refund_failed']],
    ['sim_refund_fails_later', ['charge.refunded', 'charge.refund_failed']],
  ])('report the outcome of a refund with %s: %j', async (paymentMethod, types) => {
    const attempt = newAttempt({ paymentMethod });
    await service.charge(attempt);
    await expectDelivered(attempt.orderId, ['charge.succeeded']);
    await service.refund(attempt.orderId);
    await expectDelivered(attempt.orderId, ['charge.succeeded', ...types]);
  });

  it('are not required: while they are not accepted, payments are decided by inquiry, and they are delivered later', async () => {
    receiver.isUnavailable = true;
    const attempt = newAttempt({ paymentMethod: 'sim_processing' });
    const { paymentId } = await service.charge(attempt);
    await eventually(async () => expect(await service.statusOf(paymentId)).toBe('SUCCEEDED'));
    await eventually(() => expect(receiver.noticesOf(attempt.orderId)).not.toEqual([]));
    receiver.isUnavailable = false;
    await eventually(async () => expect(await dueNoticesOf(attempt.orderId)).toEqual([]));
    const notices = receiver.noticesOf(attempt.orderId);
    expect(notices.length).toBeGreaterThan(1);
    expect(new Set(notices.map(({ id }) => id)).size).toBe(1);
  });

  it('are sent once if the response is 2xx, even if its body does not end', async () => {
    const attempt = newAttempt();
    receiver.neverEnds = ({ chargeKey }) => chargeKey === `${attempt.orderId}:1`;
    await service.charge(attempt);
    await eventually(() => expect(receiver.noticesOf(attempt.orderId)).toHaveLength(1));
    await eventually(async () => expect(await dueNoticesOf(attempt.orderId)).toEqual([]));
    expect(receiver.noticesOf(attempt.orderId)).toHaveLength(1);
  });

  it('without a response do not block webhooks about other charges', async () => {
    const stuck = newAttempt();
    receiver.hangs = ({ chargeKey }) => chargeKey === `${stuck.orderId}:1`;
    await service.charge(stuck);
    await eventually(() => expect(receiver.hanging).toBe(1));
    const others = Array.from({ length: 20 }, () => newAttempt());
    for (const other of others) await service.charge(other);
    for (const { orderId } of others) await expectDelivered(orderId, ['charge.succeeded']);
    const arrivedBeside = others.map(({ orderId }) => receiver.arrivedBeside.get(`${orderId}:1`));
    expect(arrivedBeside).toContain(true);
    receiver.hangs = () => false;
    await expectDelivered(stuck.orderId, ['charge.succeeded']);
  });

  it('without a response do not block the other work of the service', async () => {
    const orders = Array.from({ length: 40 }, () => newAttempt());
    receiver.hangs = ({ chargeKey }) => orders.some(({ orderId }) => chargeKey === `${orderId}:1`);
    for (const attempt of orders) await service.charge(attempt);
    await eventually(() => expect(receiver.hanging).toBe(dueWork.notices.concurrency));
    const attempt = newAttempt({ paymentMethod: 'sim_timeout' });
    const { paymentId } = await service.charge(attempt);
    await eventually(async () => {
      expect(receiver.hanging).toBeGreaterThan(0);
      expect(await service.statusOf(paymentId)).toBe('SUCCEEDED');
    });
    receiver.hangs = () => false;
    for (const { orderId } of orders) await expectDelivered(orderId, ['charge.succeeded']);
  });
});
