import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { OrderRecorder } from './order-recorder';
import type { OrderSaga } from './order-saga';
import type { AdvanceOrderPayload } from '../state/order-schedule';

/**
 * Takes up an order whose request has gone, or whose time has come. Whatever happens, the order has its job again
 * afterwards unless it is at its end: the queue's own repeats grow to hours.
 */
export function advanceOrderJob(parts: {
  saga: OrderSaga;
  recorder: OrderRecorder;
  logger: Logger;
}): JobHandler {
  const { saga, recorder, logger } = parts;
  return async (payload) => {
    const { orderId } = payload as AdvanceOrderPayload;
    try {
      await saga.advance(orderId, { by: 'job' });
    } catch (error) {
      logger.error('order could not be advanced', { orderId, error });
    }
    await recorder.reschedule(orderId);
  };
}
