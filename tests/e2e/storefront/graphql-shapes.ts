import type { NextAction, Order, Paid, Product, Session } from './storefront';

interface GraphqlMoney {
  amountCents: number;
  currency: string;
}

export interface GraphqlProduct {
  id: string;
  sku: string;
  name: string;
  stock: number;
  price: GraphqlMoney;
}

interface GraphqlPayment {
  id: string;
  status: string;
  amount: GraphqlMoney;
  /** Only if selected. */
  nextAction?: NextAction | null;
}

export interface GraphqlOrder {
  id: string;
  status: Order['status'];
  total: GraphqlMoney;
  cancelReason: string | null;
  expiresAt: string | null;
  items: { product: { id: string }; sku: string; quantity: number; unitPrice: GraphqlMoney }[];
  payments: GraphqlPayment[];
}

interface GraphqlSession {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

export function toSession(session: GraphqlSession): Session {
  return { userId: session.user.id, accessToken: session.accessToken, refreshToken: session.refreshToken };
}

export function toProduct({ id, sku, name, price, stock }: GraphqlProduct): Product {
  return { id, sku, name, priceCents: price.amountCents, currency: price.currency, stock };
}

export function toOrder({ total, items, payments, ...order }: GraphqlOrder): Order {
  return {
    ...order,
    totalCents: total.amountCents,
    currency: total.currency,
    items: items.map(({ product, sku, quantity, unitPrice }) => ({
      productId: product.id,
      sku,
      quantity,
      priceCents: unitPrice.amountCents,
    })),
    payments: payments.map(({ status, amount }) => ({ status, amountCents: amount.amountCents })),
  };
}

export function toOrderOfPayload({ order }: { order: GraphqlOrder }): Order {
  return toOrder(order);
}

export function toPaid({ order, payment }: { order: GraphqlOrder; payment: GraphqlPayment }): Paid {
  const { id, status, amount, nextAction = null } = payment;
  return { order: toOrder(order), payment: { id, status, amountCents: amount.amountCents, nextAction } };
}
