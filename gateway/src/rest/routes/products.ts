import { z } from 'zod';
import { RestProductDocument, RestProductsDocument } from '../generated/operations';
import { contentTag, entityTag } from '../../http/entity-tag';
import { currencyParameter, flag, oneOf, pageParameters, priceCents } from '../http/parameters';
import { RestProblem } from '../http/problem';
import { unlessKnown } from '../http/conditional';
import { defineRoute } from '../http/route';
import { product, productPage, toProduct } from '../shapes/product';
import { required, toPageResponse } from '../shapes/shape';

const ofProducts = { tag: 'products', access: 'anyone', method: 'GET' } as const;

const listProducts = defineRoute({
  ...ofProducts,
  path: '/v1/products',
  operationId: 'listProducts',
  summary: 'The catalogue, a page at a time',
  query: z.strictObject({
    ...pageParameters,
    search: z.string().optional().describe('Words of name, description or SKU.'),
    in_stock: flag.optional().describe('true: only what can be ordered now.'),
    min_price_cents: priceCents.optional(),
    max_price_cents: priceCents.optional(),
    currency: currencyParameter.optional().describe('Only prices in this currency.'),
    sort: oneOf(['NEWEST', 'NAME_ASC', 'PRICE_ASC', 'PRICE_DESC']).default('NEWEST'),
  }),
  headers: ['if-none-match'],
  responses: {
    200: { description: 'A page of products.', body: productPage, headers: ['etag', 'link'] },
    304: {
      description: 'If-None-Match names the version that the page still has.',
      headers: ['etag', 'link'],
    },
  },
  failures: [],
  async handle({ query, nextLink, header, run }) {
    const data = await run(RestProductsDocument, {
      first: query.limit,
      after: query.cursor,
      sort: query.sort,
      filter: {
        search: query.search,
        inStock: query.in_stock,
        minPriceCents: query.min_price_cents,
        maxPriceCents: query.max_price_cents,
        currency: query.currency,
      },
    });
    const { status, body, headers } = toPageResponse(
      required(data.products, 'products'),
      toProduct,
      nextLink,
    );
    const versions = body.data.map((item) => `${item.id} ${entityTag(item)}`);
    const etag = contentTag([...versions, body.page.next_cursor].join());
    return unlessKnown(header('if-none-match'), { status, body, headers: { ...headers, etag } });
  },
});

const getProduct = defineRoute({
  ...ofProducts,
  path: '/v1/products/:id',
  operationId: 'getProduct',
  summary: 'One product',
  headers: ['if-none-match'],
  responses: {
    200: { description: 'The product.', body: product, headers: ['etag'] },
    304: { description: 'If-None-Match names the version that it still has.', headers: ['etag'] },
  },
  failures: ['product_not_found'],
  async handle({ id, header, run }) {
    const { product: found } = await run(RestProductDocument, { id });
    if (!found) throw new RestProblem('product_not_found', 'There is no product with this id.');
    const body = toProduct(found);
    return unlessKnown(header('if-none-match'), { status: 200, body, headers: { etag: entityTag(body) } });
  },
});

export const productRoutes = [listProducts, getProduct];
