import { z } from 'zod';
import type {
  OrderFieldsFragment,
  PaymentFieldsFragment,
  PlacedOrderFieldsFragment,
} from '../generated/operations';
import { payment, toPayment } from './payment';
import { cents, currency, id, instant, named, pageOf, required } from './shape';

export const orderStatus = named('OrderStatus', z.enum(['PENDING', 'CONFIRMED', 'CANCELLED']));

const orderItem = named(
  'OrderItem',
  z.object({
    product_id: id.nullable().describe('Null when the product no longer exists.'),
    sku: z.string(),
    name: z.string(),
    quantity: z.int(),
    price_cents: cents.describe('Price of one unit when the order was placed, in cents.'),
  }),
);

const orderEvent = named('OrderEvent', z.object({ at: instant, status: orderStatus, message: z.string() }));

export const order = named(
  'Order',
  z.object({
    id,
    user_id: id,
    status: orderStatus,
    items: z.array(orderItem),
    total_cents: cents,
    currency,
    created_at: instant,
    updated_at: instant,
    expires_at: instant
      .nullable()
      .describe('When it is cancelled unless it is paid; null once it is no longer PENDING.'),
    cancel_reason: z.enum(['CUSTOMER', 'PAYMENT_FAILED', 'EXPIRED', 'ADMIN']).nullable(),
    payments: z.array(payment).describe('Newest first.'),
    timeline: z.array(orderEvent).describe('What happened to this order, oldest first.'),
  }),
);

export const orderPage = named('OrderPage', pageOf(order));

export const orderAndPayment = named('OrderAndPayment', z.object({ order, payment }));

export function toOrder(fields: OrderFieldsFragment): z.infer<typeof order> {
  return withPayments(fields, required(fields.payments, 'Order.payments'));
}

/** An order as it was placed. Payments are not requested for a new order: it has none. */
export function toPlacedOrder(
  fields: PlacedOrderFieldsFragment & Partial<Pick<OrderFieldsFragment, 'payments'>>,
): z.infer<typeof order> {
  const { payments = [] } = fields;
  return withPayments(fields, required(payments, 'Order.payments'));
}

export function toOrderAndPayment(fields: {
  order: OrderFieldsFragment;
  payment: PaymentFieldsFragment | null;
}): z.infer<typeof orderAndPayment> {
  return { order: toOrder(fields.order), payment: toPayment(required(fields.payment, 'payment')) };
}

function withPayments(
  fields: PlacedOrderFieldsFragment,
  payments: readonly PaymentFieldsFragment[],
): z.infer<typeof order> {
  return {
    id: fields.id,
    user_id: required(fields.user, 'Order.user').id,
    status: fields.status,
    items: fields.items.map(toOrderItem),
    total_cents: fields.total.amountCents,
    currency: fields.total.currency,
    created_at: fields.createdAt,
    updated_at: fields.updatedAt,
    expires_at: fields.expiresAt,
    cancel_reason: fields.cancelReason,
    payments: payments.map(toPayment),
    timeline: fields.timeline,
  };
}

function toOrderItem(item: PlacedOrderFieldsFragment['items'][number]): z.infer<typeof orderItem> {
  return {
    product_id: item.product?.id ?? null,
    sku: item.sku,
    name: item.name,
    quantity: item.quantity,
    price_cents: item.unitPrice.amountCents,
  };
}
