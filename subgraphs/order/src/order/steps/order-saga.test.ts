import { createLogger } from '@shop/kit/logger';
import type { OrderRow } from '../persistence/order-columns';
import { OrderSaga } from './order-saga';

const logger = createLogger({ service: 'test' });
logger.silent = true;

const order = { id: 'o1', step: 'PAYING', attempt: 2, version: 3 } as OrderRow;

/** A saga, and by whom it was asked to take the payment step. */
function sagaOf() {
  const taken: string[] = [];
  const saga = new OrderSaga({
    payStep: {
      take: (paid: OrderRow, by: string) => {
        taken.push(by);
        return Promise.resolve({ order: paid });
      },
    },
    logger,
  } as unknown as ConstructorParameters<typeof OrderSaga>[0]);
  return { saga, taken };
}

describe('An attempt to pay', () => {
  it('is taken by the request that began it, and by the poller', async () => {
    const { saga, taken } = sagaOf();
    await saga.advance(order, { by: 'request', attempt: 2 });
    await saga.advance(order, { by: 'poller' });
    expect(taken).toEqual(['request', 'poller']);
  });

  // It would find its time over, reach nobody, and give up what the other request is charging at that moment.
  it('of a later request is left alone by one that stood still meanwhile', async () => {
    const { saga, taken } = sagaOf();
    expect(await saga.advance(order, { by: 'request', attempt: 1 })).toEqual({ order });
    expect(taken).toEqual([]);
  });
});
