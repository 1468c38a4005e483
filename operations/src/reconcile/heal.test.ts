import type { ChargeRecord, OrderCase, OrderRecord, PaymentRecord } from '../state/state-record';
import { planRepair } from './heal';

const orderId = '00000000-0000-7000-8000-00000000000b';
const productId = '00000000-0000-7000-8000-00000000000a';
const lines = `${productId} 2`;

const order = (status: OrderRecord['status']) =>
  ({ orderId, userId: 'U', paymentId: 'P', status, lines }) as OrderRecord;
const reservation = (status: 'HELD' | 'COMMITTED' | 'RELEASED') =>
  ({ kind: 'reservation', orderId, status, lines, sinceMs: 0 }) as const;

function caseOf(parts: Partial<OrderCase>): OrderCase {
  return { orderId, order: undefined, reservation: undefined, payments: [], charges: [], ...parts };
}

const stock = (one: OrderCase) => planRepair(one).product?.target ?? null;

describe('planRepair', () => {
  test.each([
    ['lost', undefined, 'HELD', 'RELEASED'],
    ['lost', undefined, 'COMMITTED', 'RELEASED'],
    ['lost', undefined, 'RELEASED', null],
    ['lost', undefined, undefined, null],
    ['a draft', order(null), 'HELD', null],
    ['PENDING', order('PENDING'), undefined, 'HELD'],
    ['PENDING', order('PENDING'), 'HELD', null],
    ['PENDING', order('PENDING'), 'COMMITTED', null],
    ['PENDING', order('PENDING'), 'RELEASED', null],
    ['CONFIRMED', order('CONFIRMED'), undefined, 'COMMITTED'],
    ['CONFIRMED', order('CONFIRMED'), 'HELD', 'COMMITTED'],
    ['CONFIRMED', order('CONFIRMED'), 'COMMITTED', null],
    ['CONFIRMED', order('CONFIRMED'), 'RELEASED', 'COMMITTED'],
    ['CANCELLED', order('CANCELLED'), undefined, 'RELEASED'],
    ['CANCELLED', order('CANCELLED'), 'COMMITTED', 'RELEASED'],
    ['CANCELLED', order('CANCELLED'), 'RELEASED', null],
  ] as const)(
    'an order that is %s with stock %#: the stock must be as the order is',
    (_name, found, held, target) => {
      expect(stock(caseOf({ order: found, reservation: held && reservation(held) }))).toBe(target);
    },
  );

  it('does not reserve again for an order that its refund will cancel', () => {
    const released = { order: order('CONFIRMED'), reservation: reservation('RELEASED') };
    const payments = [{ status: 'REFUNDED' } as PaymentRecord];
    expect(stock(caseOf({ ...released, payments }))).toBeNull();
    expect(stock(caseOf({ ...released, charges: [{ isRefunded: true } as ChargeRecord] }))).toBeNull();
  });

  it('expires only a PENDING order whose stock was released', () => {
    const mustExpire = (status: OrderRecord['status'], held: 'HELD' | 'RELEASED') =>
      planRepair(caseOf({ order: order(status), reservation: reservation(held) })).mustExpire;
    expect(mustExpire('PENDING', 'RELEASED')).toBe(true);
    expect([mustExpire('PENDING', 'HELD'), mustExpire('CONFIRMED', 'RELEASED')]).toEqual([false, false]);
  });

  it('gives the lines to product, and the order to payment', () => {
    expect(planRepair(caseOf({ order: order('CONFIRMED') }))).toMatchObject({
      product: { orderId, lines: [{ productId, quantity: 2 }] },
      payment: { orderId, order: { status: 'CONFIRMED', userId: 'U', paymentId: 'P' } },
    });
    expect(planRepair(caseOf({})).payment).toEqual({ orderId, order: null });
  });
});
