import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { webhookSecret } from '@shop/testkit/webhooks';
import { documentedApi, type DocumentedApi } from './documented-api';

export interface Session {
  user: { id: string; email: string };
  access_token: string;
  refresh_token: string;
}

export interface Product {
  id: string;
  sku: string;
  stock: number;
  updated_at: string;
}

export interface Order {
  id: string;
  status: string;
  payments: object[];
}

interface Waiting {
  payment: { next_action: { client_secret: string } };
}

/** A running shop, its documented API, and what most tests need to have before they begin. */
export interface Shop {
  stack: TestStack;
  api: DocumentedApi;
  adminToken: string;
  newCustomer(): Promise<Session>;
  newProduct(given?: Record<string, unknown>): Promise<Product>;
  newOrder(
    token: string,
    given?: { stock?: number; quantity?: number },
  ): Promise<{ order: Order; product: Product }>;
  /** Of a new payment that waits for an authentication at the simulator. */
  newClientSecret(token: string): Promise<string>;
}

export const password = 'P@ssw0rd';
export const unknownId = '01980000-0000-7000-8000-000000000000';

export async function openShop(): Promise<Shop> {
  const stack = await startTestStack({
    serviceEnv: { payment: { SIMULATOR_WEBHOOK_SECRET: webhookSecret } },
  });
  const api = await documentedApi(stack.gatewayUrl);
  const { body: admin } = await api.call<Session>('login', { body: stack.admin });
  const adminToken = admin.access_token;

  const newCustomer = async () => {
    const email = `customer-${randomUUID()}@example.com`;
    const headers = { 'idempotency-key': randomUUID() };
    // A busy machine answers 503: a hash gives way to everything else.
    return eventually(async () => {
      const { status, body } = await api.call<Session>('register', { body: { email, password }, headers });
      expect(status).toBe(201);
      return body;
    });
  };
  const newProduct = async (given: Record<string, unknown> = {}) => {
    const sku = `SKU-${randomUUID()}`;
    const body = { sku, name: `Thing ${sku}`, price_cents: 1_000, currency: 'EUR', stock: 10, ...given };
    return (await api.call<Product>('createProduct', { token: adminToken, body })).body;
  };
  const newOrder: Shop['newOrder'] = async (token, { stock = 10, quantity = 1 } = {}) => {
    const product = await newProduct({ stock });
    const items = [{ product_id: product.id, quantity }];
    const { body: order } = await api.call<Order>('createOrder', { token, body: { items } });
    return { order, product };
  };
  const newClientSecret = async (token: string) => {
    const { order } = await newOrder(token);
    const request = { token, id: order.id, body: { payment_method: 'sim_requires_action' } };
    const { status, body } = await api.call<Waiting>('payOrder', request);
    expect(status).toBe(202);
    return body.payment.next_action.client_secret;
  };
  return { stack, api, adminToken, newCustomer, newProduct, newOrder, newClientSecret };
}
