import { columnList, query, unpreparedStatement } from '@shop/kit/database';
import type { PageRequest } from '@shop/kit/pagination';
import type { DataSource } from 'typeorm';
import type { OrderStatus } from '../state/order-state';
import { OrderEntity, type PlacedOrder } from './order.entity';

/** A page of orders; `status` null: of any status. */
export interface OrderPage extends PageRequest {
  status: OrderStatus | null;
}

const pageColumns = columnList(OrderEntity, { table: 'page' });
const orderColumns = columnList(OrderEntity, { table: 'orders' });

/**
 * Lists of placed orders, newest first: IDs are UUIDv7, so they sort by creation time.
 *
 * The statements are not prepared, so that each is planned for its own values: with wrong statistics, a
 * generic plan reads one customer's page from the index of all customers' orders with a status.
 */
export class OrderPageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * One page for each of several users, in one statement.
   *
   * @returns up to `limit + 1` rows per user, in page direction
   */
  async findOfUsers(userIds: readonly string[], page: OrderPage): Promise<PlacedOrder[]> {
    const values: unknown[] = [userIds];
    const rows = rowsOfPage(page, values, { 'orders.user_id': 'owner.id' });
    const findOfUsers = unpreparedStatement(
      'OrderPageRepository.findOfUsers',
      `SELECT ${pageColumns}
         FROM unnest($1::uuid[]) AS owner(id)
        CROSS JOIN LATERAL (SELECT * FROM orders WHERE orders.user_id = owner.id AND ${rows}) AS page`,
    );
    return query(this.dataSource, findOfUsers, values);
  }

  /** One page of all users' orders: up to `limit + 1` rows, in page direction. */
  async findOfAllUsers(page: OrderPage): Promise<PlacedOrder[]> {
    const values: unknown[] = [];
    const rows = rowsOfPage(page, values, {});
    const findOfAllUsers = unpreparedStatement(
      'OrderPageRepository.findOfAllUsers',
      `SELECT ${orderColumns} FROM orders WHERE ${rows}`,
    );
    return query(this.dataSource, findOfAllUsers, values);
  }
}

/**
 * Builds WHERE, ORDER BY and LIMIT; a cursor contains the ID of its row. Drafts have no status and
 * are not listed.
 *
 * The cursor is compared as a row with all columns of the list's index, and the sort order is that
 * of the index (no ID is null). The primary key supports neither, so wrong statistics cannot make
 * the planner scan it across all customers' orders.
 *
 * @param values parameters of the statement, to which those of the page are added
 * @param owner a column and its value
 */
function rowsOfPage(page: OrderPage, values: unknown[], owner: Readonly<Record<string, string>>): string {
  const put = (value: unknown) => `$${values.push(value)}`;
  const equal = { ...owner, ...(page.status ? { 'orders.status': put(page.status) } : {}) };
  const conditions = page.status
    ? [`orders.status = ${equal['orders.status']}`]
    : ['orders.status IS NOT NULL'];
  const columns = [...Object.keys(equal), 'orders.id'].join(', ');
  const beyond = (side: '<' | '>', id: unknown) =>
    `(${columns}) ${side} (${[...Object.values(equal), put(id)].join(', ')})`;
  if (page.after) conditions.push(beyond('<', page.after[0]));
  if (page.before) conditions.push(beyond('>', page.before[0]));
  const isByPrimaryKey = Object.keys(equal).length === 0;
  const [forward, backward] = isByPrimaryKey ? ['DESC', 'ASC'] : ['DESC NULLS LAST', 'ASC NULLS FIRST'];
  const direction = page.backward ? backward : forward;
  return `${conditions.join(' AND ')} ORDER BY orders.id ${direction} LIMIT ${put(page.limit + 1)}`;
}
