import { createLogger } from '@shop/kit/logger';
import type { OrderRow } from '../persistence/order.entity';
import { OrderSaga } from './order-saga';

const logger = createLogger({ service: 'test' });
logger.silent = true;

const order = { id: 'o1', step: 'PAYING', attempt: 2, version: 3 } as OrderRow;

/** A saga, and who ran its payment step. */
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

describe('A payment attempt', () => {
  it('is run by the request that started it, and by the poller', async () => {
    const { saga, taken } = sagaOf();
    await saga.advance(order, { by: 'request', attempt: 2 });
    await saga.advance(order, { by: 'poller' });
    expect(taken).toEqual(['request', 'poller']);
  });

  // Its call would exceed the deadline, and it would record as unreachable an attempt that is being
  // charged.
  it('of a later request is not run by an earlier request that was paused', async () => {
    const { saga, taken } = sagaOf();
    expect(await saga.advance(order, { by: 'request', attempt: 1 })).toEqual({ order });
    expect(taken).toEqual([]);
  });
});
