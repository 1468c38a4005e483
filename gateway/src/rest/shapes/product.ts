import { z } from 'zod';
import type { ProductFieldsFragment } from '../generated/operations';
import { cents, currency, id, instant, named, pageOf } from './shape';

export const product = named(
  'Product',
  z.object({
    id,
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    price_cents: cents,
    currency,
    stock: z.int().describe('Units that can be ordered now.'),
    created_at: instant,
    updated_at: instant.describe('When anything but the stock changed last; UTC, RFC 3339.'),
  }),
);

export const productPage = named('ProductPage', pageOf(product));

export function toProduct(fields: ProductFieldsFragment): z.infer<typeof product> {
  return {
    id: fields.id,
    sku: fields.sku,
    name: fields.name,
    description: fields.description,
    price_cents: fields.price.amountCents,
    currency: fields.price.currency,
    stock: fields.stock,
    created_at: fields.createdAt,
    updated_at: fields.updatedAt,
  };
}
