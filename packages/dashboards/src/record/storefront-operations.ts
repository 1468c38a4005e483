import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

export interface StorefrontOperation {
  /** SHA-256 of the body, which the client sends instead of it. */
  id: string;
  name: string;
  type: 'query' | 'mutation';
  body: string;
}

const operation = (type: StorefrontOperation['type'], name: string, rest: string): StorefrontOperation => {
  const body = `${type} ${name}${rest}`;
  return { id: createHash('sha256').update(body).digest('hex'), name, type, body };
};

/** The persisted operations of a client of the graph. */
export const storefront = {
  browse: operation(
    'query',
    'Storefront',
    `($first: Int!) {
  products(first: $first) { nodes { id name price { amountCents currency } stock } }
}`,
  ),
  createOrder: operation(
    'mutation',
    'CreateOrder',
    `($productId: ID!) {
  createOrder(input: { items: [{ productId: $productId, quantity: 1 }] }) {
    ... on OrderPayload { order { id status } }
    ... on Problem { code message }
  }
}`,
  ),
  payOrder: operation(
    'mutation',
    'PayOrder',
    `($orderId: ID!, $method: String!) {
  payOrder(input: { orderId: $orderId, paymentMethod: $method }) {
    ... on PayOrderSuccess { order { status } }
    ... on Problem { code message }
  }
}`,
  ),
};

/** The manifest of the gateway with the operations of the storefront. */
export function storefrontManifest(): string {
  const file = join(workspaceRoot, 'gateway', 'persisted-operations.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { operations: StorefrontOperation[] };
  return JSON.stringify({
    ...manifest,
    operations: [...manifest.operations, ...Object.values(storefront)],
  });
}
