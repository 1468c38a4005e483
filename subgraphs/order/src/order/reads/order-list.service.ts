import { canSee, isAdmin } from '@shop/access';
import { requireUser, type Viewer } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import { type Connection, type ConnectionArguments, connection, pageRequest } from '@shop/kit/pagination';
import type { OrderStatus } from '../state/order-state';
import { newest, orderConnection, type OrderLoaders } from './order.loaders';
import type { PlacedOrder } from '../persistence/order.entity';
import type { OrderPage, OrderPageRepository } from '../persistence/order-page.repository';

export interface OrderListArguments extends ConnectionArguments {
  status?: OrderStatus | null;
}

/** Lists orders, with authorization. */
export class OrderListService {
  constructor(private readonly pages: OrderPageRepository) {}

  /**
   * The viewer's own orders. An ADMIN can list all orders, or those of one user.
   *
   * @throws AppError unauthenticated, forbidden, bad_request
   */
  async list(
    { viewer, loaders }: { viewer: Viewer; loaders: OrderLoaders },
    { userId, ...args }: OrderListArguments & { userId?: string | null },
  ): Promise<Connection<PlacedOrder>> {
    const self = requireUser(viewer);
    if (userId) return this.listOfUser({ viewer, loaders }, userId.toLowerCase(), args);
    if (!isAdmin(viewer)) return this.listOfUser({ viewer, loaders }, self.userId, args);
    const page = readPage(args);
    return orderConnection(await this.pages.findOfAllUsers(page), page);
  }

  /** @throws AppError unauthenticated, forbidden, bad_request */
  async listOfUser(
    { viewer, loaders }: { viewer: Viewer; loaders: OrderLoaders },
    userId: string,
    args: OrderListArguments,
  ): Promise<Connection<PlacedOrder>> {
    requireUser(viewer);
    if (!canSee(viewer, userId))
      throw new AppError('forbidden', "Reading another user's orders requires the role ADMIN.");
    const page = readPage(args);
    return isUuid(userId) ? loaders.pageOfUser.load({ userId, page }) : connection([], page, () => '');
  }
}

function readPage(args: OrderListArguments): OrderPage {
  const isValid = ([id, ...others]: unknown[]) => isUuid(id) && others.length === 0;
  return { ...pageRequest(args, { sort: newest, isValid }), status: args.status ?? null };
}
