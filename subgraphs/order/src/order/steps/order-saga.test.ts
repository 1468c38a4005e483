import { createLogger } from '@shop/kit/logger';
import { OrderSaga } from './order-saga';
import type { OrderEntity } from '../persistence/order.entity';

const logger = createLogger({ service: 'test' });
logger.silent = true;

/** A saga whose order is PAYING an attempt, and what it was asked to take of it. */
function sagaOf(attempt: number) {
  const taken: string[] = [];
  const order = { id: 'o1', step: 'PAYING', attempt } as OrderEntity;
  const saga = new OrderSaga({
    orders: { findById: () => Promise.resolve(order) },
    payStep: {
      take: (_order: OrderEntity, by: string) => {
        taken.push(by);
        return Promise.resolve(undefined);
      },
    },
    logger,
  } as unknown as ConstructorParameters<typeof OrderSaga>[0]);
  return { saga, taken };
}

describe('An attempt to pay', () => {
  it('is taken by the request that began it, and by a job', async () => {
    const { saga, taken } = sagaOf(2);
    await saga.advance('o1', { by: 'request', attempt: 2 });
    await saga.advance('o1', { by: 'job' });
    expect(taken).toEqual(['request', 'job']);
  });

  // It would find its time over, reach nobody, and give up what the other request is charging at that moment.
  it('of a later request is left alone by one that stood still meanwhile', async () => {
    const { saga, taken } = sagaOf(2);
    expect(await saga.advance('o1', { by: 'request', attempt: 1 })).toBeUndefined();
    expect(taken).toEqual([]);
  });
});
