import { type OperatorCommand, readRequests } from '@shop/kit/operator';
import { z } from 'zod';
import { expireOrders } from './order-state.repository';

/** `heal` of order's operator program, for `reconcile --heal`: expires orders whose stock was released. */
export const healOrders: OperatorCommand = async ({ dataSource, print }) => {
  const orderIds = await readRequests(z.array(z.uuid()));
  for (const orderId of await expireOrders(await dataSource(), orderIds))
    await print({ orderId, action: 'its stock was released: expired' });
};
