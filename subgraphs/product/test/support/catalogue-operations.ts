import { randomUUID } from 'node:crypto';
import { dataOf, type ProductService } from './product-service';

/** A product as the tests read it. */
export interface ProductAnswer {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: { amountCents: number; currency: string };
  stock: number;
  inStock: boolean;
  createdAt: string;
  updatedAt: string;
}

/** Any member of a result union. */
export interface Outcome {
  __typename: string;
  code?: string;
  product?: ProductAnswer;
  current?: ProductAnswer;
  available?: number;
  fields?: { path: string; message: string }[];
}

const productFields =
  'id sku name description price { amountCents currency } stock inStock createdAt updatedAt';
const outcomeFields = `__typename ... on Problem { code } ... on ProductPayload { product { ${productFields} } }
  ... on InvalidInput { fields { path message } }`;

export const createProductMutation = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { ${outcomeFields} }
}`;

export const updateProductMutation = `mutation ($input: UpdateProductInput!) {
  updateProduct(input: $input) { ${outcomeFields} ... on EditConflict { current { ${productFields} } } }
}`;

export const adjustStockMutation = `mutation ($input: AdjustStockInput!) {
  adjustStock(input: $input) { ${outcomeFields} ... on StockBelowZero { available } }
}`;

export const productQuery = `query ($id: ID!) { product(id: $id) { ${productFields} } }`;

export function newSku(): string {
  return `T-${randomUUID()}`;
}

/** Adds a product through the graph, as an administrator. */
export async function addProduct(
  service: ProductService,
  input: Record<string, unknown> = {},
): Promise<ProductAnswer> {
  const product = { sku: newSku(), name: 'Plain mug', priceCents: 1_250, currency: 'EUR', ...input };
  const answer = await service.send<{ createProduct: Outcome }>(
    createProductMutation,
    { input: product },
    { as: 'admin' },
  );
  const { createProduct } = dataOf(answer);
  if (!createProduct.product) throw new Error(`Not created: ${JSON.stringify(createProduct)}`);
  return createProduct.product;
}

export async function readProduct(service: ProductService, id: string): Promise<ProductAnswer | null> {
  return dataOf(await service.send<{ product: ProductAnswer | null }>(productQuery, { id })).product;
}
