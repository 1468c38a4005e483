import { z } from 'zod';
import {
  RestCreateOrderDocument,
  type RestCreateOrderMutation,
  RestPayOrderDocument,
} from '../generated/operations';
import { problemOfMember } from '../http/problem';
import { maximumArrayLength } from '../http/request-body';
import { defineRoute } from '../http/route';
import { order, orderAndPayment, toOrderAndPayment, toPlacedOrder } from '../shapes/order';
import type { ProblemDetails } from '../shapes/problem';
import { id, named, required } from '../shapes/shape';

const orderLine = named(
  'NewOrderItem',
  z
    .strictObject({
      product_id: id,
      quantity: z.int32().optional(),
      qty: z.int32().optional().describe('The same as quantity.'),
    })
    .meta({ oneOf: [{ required: ['quantity'] }, { required: ['qty'] }] })
    .transform(({ product_id: productId, quantity, qty }, context) => {
      const given = quantity ?? qty;
      if (given !== undefined && (quantity === undefined || qty === undefined))
        return { productId, quantity: given };
      const message = given === undefined ? 'Give a quantity.' : 'Give quantity or qty, not both.';
      context.addIssue({ code: 'custom', path: ['quantity'], message });
      return z.NEVER;
    }),
);

const newOrder = named('NewOrder', z.strictObject({ items: z.array(orderLine).max(maximumArrayLength) }));

const newPayment = named(
  'NewPayment',
  z.strictObject({
    payment_method: z
      .string()
      .nullish()
      .describe('A token of the provider, for example sim_success; left out, the simulator decides.'),
    return_url: z
      .string()
      .nullish()
      .describe(
        "Where the provider redirects the customer's browser after an authentication on the bank's page: an https URL of at most 2,000 printable ASCII characters, without a user name or password; http for localhost only. A repeat with the same Idempotency-Key must send the same URL.",
      ),
  }),
);

const createOrder = defineRoute({
  tag: 'orders',
  access: 'signed_in',
  method: 'POST',
  path: '/v1/orders',
  operationId: 'createOrder',
  summary: 'Place an order',
  description: 'Holds the stock of all lines, or of none, until expires_at.',
  body: newOrder,
  idempotencyKey: 'replayed',
  responses: { 201: { description: 'Placed; not paid yet.', body: order, headers: ['location'] } },
  failures: ['product_not_found', 'out_of_stock', 'too_many_open_orders', 'invalid_input'],
  async handle({ body, idempotencyKey, run }) {
    const input = { items: body.items, idempotencyKey };
    const mayBeReplayed = idempotencyKey !== undefined;
    const data = await run(RestCreateOrderDocument, { input, mayBeReplayed });
    const result = required(data.createOrder, 'createOrder');
    if (result.__typename !== 'OrderPayload') throw problemOfMember(result, refusalDetails(result));
    const placed = toPlacedOrder(result.order);
    return { status: 201, body: placed, headers: { location: `/v1/orders/${placed.id}` } };
  },
});

const payOrder = defineRoute({
  tag: 'orders',
  access: 'owner',
  method: 'POST',
  path: '/v1/orders/:id/pay',
  operationId: 'payOrder',
  summary: 'Pay an order in full',
  body: newPayment,
  bodyIsOptional: true,
  idempotencyKey: 'replayed',
  responses: {
    200: { description: 'Paid: the order is CONFIRMED.', body: orderAndPayment },
    202: {
      description:
        'Not decided yet: the order stays PENDING. If payment.next_action is not null, the customer must authenticate. Repeat with the same Idempotency-Key to get the outcome.',
      body: orderAndPayment,
    },
  },
  failures: [
    'payment_declined',
    'payment_not_possible',
    'order_not_found',
    'order_state_conflict',
    'too_many_payment_attempts',
  ],
  async handle({ id: orderId, body, idempotencyKey, run }) {
    const { payment_method: paymentMethod, return_url: returnUrl } = body;
    const input = { orderId, paymentMethod, returnUrl, idempotencyKey };
    const data = await run(RestPayOrderDocument, { input });
    const result = required(data.payOrder, 'payOrder');
    if (result.__typename === 'PayOrderSuccess') return { status: 200, body: toOrderAndPayment(result) };
    if (result.__typename === 'PaymentPending') return { status: 202, body: toOrderAndPayment(result) };
    const hasOrderAndPayment =
      result.__typename === 'PaymentDeclined' || result.__typename === 'PaymentNotPossible';
    throw problemOfMember(result, hasOrderAndPayment ? toOrderAndPayment(result) : {});
  },
});

function refusalDetails(result: NonNullable<RestCreateOrderMutation['createOrder']>): ProblemDetails {
  if (result.__typename === 'TooManyOpenOrders') {
    const { limit, current, product } = result;
    return { limit, current, ...(product && { product_id: product.id }) };
  }
  if (result.__typename !== 'OutOfStock') return {};
  return {
    shortages: result.shortages.map(({ product, ...units }) => ({
      product_id: required(product, 'StockShortage.product').id,
      ...units,
    })),
  };
}

export const checkoutRoutes = [createOrder, payOrder];
