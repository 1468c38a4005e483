import { canSee } from '@shop/kit/auth';
import { isUuid } from '@shop/kit/ids';
import type { OrderContext } from '../context';
import type { PlacedOrder } from '../order/persistence/order.entity';

/** One answer, null, for an unknown and for somebody else's order: else ids could be tried out. */
export async function findVisibleOrder(
  id: string,
  { viewer, loaders }: Pick<OrderContext, 'viewer' | 'loaders'>,
): Promise<PlacedOrder | null> {
  if (viewer.kind !== 'user' || !isUuid(id)) return null;
  const order = await loaders.order.load(id.toLowerCase());
  return order && canSee(viewer, order.userId) ? order : null;
}
