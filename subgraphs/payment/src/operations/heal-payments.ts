import { operatorOutbox } from '@shop/events/outbox';
import type { PaymentEvent } from '@shop/events/contracts';
import { inTransaction } from '@shop/kit/database';
import { newIdFor } from '@shop/kit/ids';
import { type OperatorCommand, readRequests } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { toPaymentEvent, toRefundEvent } from '../events/payment-events';
import type { Payment } from '../payment/payment.entity';
import { PaymentRepository } from '../payment/payment.repository';
import type { ChargeRecord } from '../providers/simulator/simulator-books.repository';
import { RefundRepository } from '../refund/refund.repository';
import { RefundService } from '../refund/refund.service';
import { ManualSettlementService } from '../settlement/manual-settlement.service';
import { SettlementRepository } from '../settlement/settlement.repository';
import { exportWithProviders } from './state-export';

const repairs = z.array(
  z.object({
    orderId: z.uuid(),
    /** Null if the order does not exist. */
    order: z.object({ status: z.string(), userId: z.uuid(), paymentId: z.uuid().nullable() }).nullable(),
  }),
);

type Repair = z.infer<typeof repairs>[number];

/** The owner of a charge whose order is unknown. */
const unknownUser = '00000000-0000-0000-0000-000000000000';

const lostOrder = 'Its order does not exist: the databases were restored from a backup.';

/** The provider's charges and our payments of the orders to repair. */
interface Records {
  charges: ChargeRecord[];
  payments: Payment[];
}

/**
 * `heal [--provider]` of payment's operator program, for `reconcile --heal`. Records what only the
 * provider knows, refunds charges without an order, and sends events again that the order has lost. It
 * calls no provider: the service does, when it finds the rows that are due.
 */
export const healPayments: OperatorCommand = async ({ args, databaseUrl, dataSource, print }) => {
  const requested = await readRequests(repairs);
  const source = await dataSource();
  const healing = new PaymentHealing(source);
  const charges = await readCharges(databaseUrl, requested, args);
  for (const repair of requested) {
    const payments = await new PaymentRepository(source).findByOrderIds([repair.orderId]);
    const records = { charges: charges.get(repair.orderId) ?? [], payments };
    for (const done of await healing.heal(repair, records)) await print({ orderId: repair.orderId, ...done });
  }
};

async function readCharges(
  databaseUrl: string,
  requested: readonly Repair[],
  args: readonly string[],
): Promise<Map<string, ChargeRecord[]>> {
  const charges: ChargeRecord[] = [];
  const ids = requested.map(({ orderId }) => orderId);
  for await (const record of exportWithProviders(databaseUrl, { ids }, args))
    if (isCharge(record)) charges.push(record);
  return Map.groupBy(charges, ({ orderId }) => orderId);
}

function isCharge(record: object): record is ChargeRecord {
  return 'kind' in record && record.kind === 'charge';
}

interface Done {
  action: string;
  problem?: string;
}

class PaymentHealing {
  private readonly payments: PaymentRepository;
  private readonly refunds: RefundRepository;

  constructor(private readonly dataSource: DataSource) {
    this.payments = new PaymentRepository(dataSource);
    this.refunds = new RefundRepository(dataSource);
  }

  async heal(repair: Repair, { charges, payments }: Records): Promise<Done[]> {
    const done: Done[] = [];
    const chargeOf = (payment: Payment) =>
      charges.find(({ provider, key }) => provider === payment.provider && key === payment.providerKey);
    for (const charge of charges) {
      const isKnown = payments.some((payment) => chargeOf(payment) === charge);
      if (!isKnown && !charge.isRefunded) done.push(await this.record(repair, charge));
    }
    for (const payment of payments) {
      const action = await this.healPayment(repair, payment, chargeOf(payment));
      if (action !== null) done.push({ action });
    }
    return done;
  }

  /** Inserts the payment of a charge that only the provider knows. Without an order it is refunded. */
  private async record({ orderId, order }: Repair, charge: ChargeRecord): Promise<Done> {
    const { provider, key, reference, amountCents, currency, sinceMs } = charge;
    const action = order ? 'charge recorded' : 'charge recorded, and refunded: the order does not exist';
    const userId = order?.userId ?? unknownUser;
    const id = (order?.status === 'CONFIRMED' && order.paymentId) || newIdFor(userId);
    const isRecorded = await this.payments.insertRestored({
      ...{ id, orderId, userId, provider, amountCents, currency },
      attempt: Number(key.slice(orderId.length + 1)),
      ...{ providerKey: key, providerReference: reference, createdAt: new Date(sinceMs) },
    });
    if (!isRecorded) {
      const problem = `the charge ${reference} at ${provider} is not recorded, because the order has another payment: refund one of them there`;
      return { action, problem };
    }
    if (!order) await this.settleAsFailed(id);
    return { action };
  }

  /** The service then closes the key, finds the charge, and refunds it. */
  private async settleAsFailed(paymentId: string): Promise<void> {
    const { dataSource, payments } = this;
    const settlements = new SettlementRepository(dataSource);
    const findProvider = () => Promise.resolve(undefined);
    const service = new ManualSettlementService({ dataSource, payments, settlements, findProvider });
    await service.settle({ paymentId, settledAs: 'FAILED', reason: lostOrder, askedProvider: false });
  }

  /** @returns what was done, or null */
  private async healPayment(
    { order }: Repair,
    payment: Payment,
    charge: ChargeRecord | undefined,
  ): Promise<string | null> {
    const { id, status } = payment;
    const refund = await this.refunds.findByPaymentId(id);
    if (status === 'REFUNDED' && refund && order?.status === 'CONFIRMED' && order.paymentId === id)
      return this.send(toRefundEvent(payment, refund.revision));
    if (refund) return null;
    if (status === 'FAILED' && charge && !charge.isRefunded) return this.refund(payment);
    if (status !== 'SUCCEEDED') return null;
    if (charge?.isRefunded || !order || order.status === 'CANCELLED') return this.refund(payment);
    return order.status === 'PENDING' ? this.send(toPaymentEvent(payment)) : null;
  }

  /** The same key as before: the provider returns a refund that was made already. */
  private async refund(payment: Payment): Promise<string> {
    const { payments, refunds } = this;
    await new RefundService({ payments, refunds, wakePoller: () => undefined }).begin(payment);
    return 'refund requested';
  }

  private async send(event: PaymentEvent): Promise<string> {
    await inTransaction(this.dataSource, (transaction) => operatorOutbox.publish(transaction, event));
    return `${event.type} sent again`;
  }
}
