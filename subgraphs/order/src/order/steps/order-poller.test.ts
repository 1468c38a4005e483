import type { OrderRow } from '../persistence/order.entity';
import { commitStock } from './order-poller';

const committing = (id: string) =>
  ({ id, step: 'COMMITTING', attempt: 1, paymentId: 'payment', version: 3 }) as OrderRow;

/** Commits the stock of two orders, of which only the first has a reservation. */
async function commitOfTwo(second: OrderRow) {
  const settled: string[] = [];
  const errors: unknown[] = [];
  await commitStock([committing('first'), committing('second')], {
    products: { commitStocks: () => Promise.resolve(new Set(['first'])) },
    orders: {
      settle: (_step: string, rows: OrderRow[]) => Promise.resolve(settled.push(...rows.map(({ id }) => id))),
      findByIds: () => Promise.resolve([second]),
    },
    logger: { error: (_message: string, fields: unknown) => errors.push(fields) },
  } as unknown as Parameters<typeof commitStock>[1]);
  return { settled, errors };
}

describe('commitStock', () => {
  it('settles the other orders and logs an error for a paid order without a reservation', async () => {
    const { settled, errors } = await commitOfTwo(committing('second'));
    expect(settled).toEqual(['first']);
    expect(errors).toEqual([{ orderIds: ['second'] }]);
  });

  it('logs no error for an order that an ADMIN cancels during the call', async () => {
    const cancelled = { ...committing('second'), step: 'RELEASING', version: 4 } as OrderRow;
    const { settled, errors } = await commitOfTwo(cancelled);
    expect(settled).toEqual(['first']);
    expect(errors).toEqual([]);
  });
});
