import { z } from 'zod';
import {
  RestCancelOrderDocument,
  RestOrderDocument,
  RestOrdersDocument,
  RestUpdateOrderStatusDocument,
} from '../generated/operations';
import { oneOf, pageParameters } from '../http/parameters';
import { problemOfMember, RestProblem } from '../http/problem';
import { defineRoute } from '../http/route';
import { order, orderPage, orderStatus, toOrder } from '../shapes/order';
import { id, named, required, toPageResponse } from '../shapes/shape';

const statusChange = named('OrderStatusChange', z.strictObject({ status: orderStatus }));

const listOrders = defineRoute({
  tag: 'orders',
  access: 'signed_in',
  method: 'GET',
  path: '/v1/orders',
  operationId: 'listOrders',
  summary: 'Orders, newest first',
  description: "The caller's own; an ADMIN sees all orders.",
  query: z.strictObject({
    ...pageParameters,
    status: oneOf(['PENDING', 'CONFIRMED', 'CANCELLED']).optional(),
    user_id: id.optional().describe('Orders of another user: ADMIN only.'),
  }),
  responses: { 200: { description: 'A page of orders.', body: orderPage, headers: ['link'] } },
  failures: ['forbidden'],
  async handle({ query, nextLink, run }) {
    const data = await run(RestOrdersDocument, {
      first: query.limit,
      after: query.cursor,
      status: query.status,
      userId: query.user_id,
    });
    return toPageResponse(required(data.orders, 'orders'), toOrder, nextLink);
  },
});

const getOrder = defineRoute({
  tag: 'orders',
  access: 'owner',
  method: 'GET',
  path: '/v1/orders/:id',
  operationId: 'getOrder',
  summary: 'One order',
  responses: { 200: { description: 'The order.', body: order } },
  failures: ['order_not_found'],
  async handle({ id: orderId, run }) {
    const { order: found } = await run(RestOrderDocument, { id: orderId });
    if (!found) throw new RestProblem('order_not_found', 'There is no order with this id.');
    return { status: 200, body: toOrder(found) };
  },
});

const updateOrderStatus = defineRoute({
  tag: 'orders',
  access: 'admin',
  method: 'PATCH',
  path: '/v1/orders/:id',
  operationId: 'updateOrderStatus',
  summary: "Set an order's status",
  body: statusChange,
  responses: { 200: { description: 'The order as it is now.', body: order } },
  failures: ['order_not_found', 'order_state_conflict'],
  async handle({ id: orderId, body, run }) {
    const variables = { id: orderId, status: body.status };
    const data = await run(RestUpdateOrderStatusDocument, variables);
    const result = required(data.updateOrderStatus, 'updateOrderStatus');
    if (result.__typename !== 'OrderPayload') throw problemOfMember(result);
    return { status: 200, body: toOrder(result.order) };
  },
});

const cancelOrder = defineRoute({
  tag: 'orders',
  access: 'owner',
  method: 'POST',
  path: '/v1/orders/:id/cancel',
  operationId: 'cancelOrder',
  summary: 'Cancel an order',
  description: 'An unpaid one; an ADMIN also a paid one, which is then refunded.',
  idempotencyKey: 'replayed',
  responses: { 200: { description: 'The order, CANCELLED; its stock is back.', body: order } },
  failures: ['order_not_found', 'order_state_conflict'],
  async handle({ id: orderId, idempotencyKey, run }) {
    const data = await run(RestCancelOrderDocument, { id: orderId, idempotencyKey });
    const result = required(data.cancelOrder, 'cancelOrder');
    if (result.__typename !== 'OrderPayload') throw problemOfMember(result);
    return { status: 200, body: toOrder(result.order) };
  },
});

export const orderRoutes = [listOrders, getOrder, updateOrderStatus, cancelOrder];
