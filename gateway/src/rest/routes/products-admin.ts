import { z } from 'zod';
import {
  RestAdjustStockDocument,
  RestCreateProductDocument,
  RestProductDocument,
  RestUpdateProductDocument,
} from '../generated/operations';
import { entityTag, expectedVersions } from '../../http/entity-tag';
import { problemOfMember } from '../http/problem';
import { defineRoute, type RestResponse, type RunOperation } from '../http/route';
import { product, toProduct } from '../shapes/product';
import { cents, currency, named, required } from '../shapes/shape';

const newProduct = named(
  'NewProduct',
  z.strictObject({
    sku: z.string(),
    name: z.string(),
    description: z.string().optional(),
    price_cents: cents,
    currency,
    stock: z.int32().optional().describe('Units on hand at the beginning; 0 if left out.'),
  }),
);

const productPatch = named(
  'ProductPatch',
  z.strictObject({
    sku: z.string().optional(),
    name: z.string().optional(),
    description: z.string().nullable().optional().describe('null empties it.'),
    price_cents: cents.optional(),
    currency: currency.optional(),
  }),
);

const stockAdjustment = named(
  'StockAdjustment',
  z.strictObject({
    delta: z.int32().describe('Units to add; negative to remove.'),
    reason: z.string().describe('For the stock ledger.'),
  }),
);

const ofProducts = { tag: 'products', access: 'admin' } as const;

const createProduct = defineRoute({
  ...ofProducts,
  method: 'POST',
  path: '/v1/products',
  operationId: 'createProduct',
  summary: 'Add a product',
  body: newProduct,
  idempotencyKey: 'replayed',
  responses: { 201: { description: 'The product is added.', body: product, headers: ['location', 'etag'] } },
  failures: ['sku_taken', 'invalid_input'],
  async handle({ body: { price_cents: priceCents, ...rest }, idempotencyKey, run }) {
    const input = { ...rest, priceCents, idempotencyKey };
    const data = await run(RestCreateProductDocument, { input });
    const result = required(data.createProduct, 'createProduct');
    if (result.__typename !== 'ProductPayload') throw problemOfMember(result);
    return productResponse(201, toProduct(result.product));
  },
});

const updateProduct = defineRoute({
  ...ofProducts,
  method: 'PATCH',
  path: '/v1/products/:id',
  operationId: 'updateProduct',
  summary: 'Change a product',
  description: 'JSON merge patch (RFC 7396): only what is given changes.',
  body: productPatch,
  headers: ['if-match'],
  responses: { 200: { description: 'The product as it is now.', body: product, headers: ['etag'] } },
  failures: ['product_not_found', 'sku_taken', 'edit_conflict', 'invalid_input'],
  async handle({ id, body: { price_cents: priceCents, description, ...rest }, header, run }) {
    const input = {
      id,
      ...rest,
      priceCents,
      description: description === null ? '' : description,
      expectedUpdatedAt: await expectedVersion(id, header('if-match'), run),
    };
    const data = await run(RestUpdateProductDocument, { input });
    const result = required(data.updateProduct, 'updateProduct');
    if (result.__typename !== 'ProductPayload') throw problemOfMember(result);
    return productResponse(200, toProduct(result.product));
  },
});

const adjustStock = defineRoute({
  ...ofProducts,
  method: 'POST',
  path: '/v1/products/:id/stock',
  operationId: 'adjustStock',
  summary: "Change a product's stock",
  body: stockAdjustment,
  idempotencyKey: 'replayed',
  responses: { 200: { description: 'The product as it is now.', body: product, headers: ['etag'] } },
  failures: ['product_not_found', 'stock_below_zero', 'invalid_input'],
  async handle({ id, body, idempotencyKey, run }) {
    const input = { productId: id, ...body, idempotencyKey };
    const data = await run(RestAdjustStockDocument, { input });
    const result = required(data.adjustStock, 'adjustStock');
    if (result.__typename !== 'ProductPayload') throw problemOfMember(result);
    return productResponse(200, toProduct(result.product));
  },
});

/**
 * The GraphQL API takes one version: the product's current one if If-Match lists it, else the first,
 * which the subgraph then rejects.
 */
async function expectedVersion(
  id: string,
  ifMatch: string | undefined,
  run: RunOperation,
): Promise<string | undefined> {
  const versions = expectedVersions(ifMatch);
  if (!versions || versions.length === 1) return versions?.[0];
  const { product: found } = await run(RestProductDocument, { id });
  return versions.find((version) => version === found?.updatedAt) ?? versions[0];
}

function productResponse(status: 200 | 201, body: z.infer<typeof product>): RestResponse {
  const location = status === 201 ? { location: `/v1/products/${body.id}` } : {};
  return { status, body, headers: { etag: entityTag(body), ...location } };
}

export const productAdminRoutes = [createProduct, updateProduct, adjustStock];
