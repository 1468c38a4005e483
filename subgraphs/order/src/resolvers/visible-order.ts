import { canSee } from '@shop/access';
import { isUuid } from '@shop/kit/ids';
import type { OrderContext } from '../context';
import type { PlacedOrder } from '../order/persistence/order.entity';

/** Null for an unknown order and for one of another user, so that IDs cannot be probed. */
export async function findVisibleOrder(
  id: string,
  { viewer, loaders }: Pick<OrderContext, 'viewer' | 'loaders'>,
): Promise<PlacedOrder | null> {
  if (viewer.kind !== 'user' || !isUuid(id)) return null;
  const order = await loaders.order.load(id.toLowerCase());
  return order && canSee(viewer, order.userId) ? order : null;
}
