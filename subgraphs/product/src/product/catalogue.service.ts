import { AppError } from '@shop/kit/errors';
import { type Connection, connection, type ConnectionArguments, pageRequest } from '@shop/kit/pagination';
import { isStorableText } from '@shop/kit/text';
import type { CatalogueFilter, CatalogueRepository } from './catalogue.repository';
import { cursorOf, isCursorOf, type ProductSort, sortOrders } from './product-sort';
import type { Product } from './product.entity';

/** As the arguments of the graph's Query.products. */
export interface CatalogueRequest extends ConnectionArguments {
  filter?: CatalogueFilter | null;
  sort?: ProductSort | null;
}

/** A page with its filter: the total is counted only if it is requested. */
export interface ProductPage extends Connection<Product> {
  filter: CatalogueFilter;
}

const maximumSearchLength = 200;
const countedAtMost = 10_001;

/** Reads the public catalogue. */
export class CatalogueService {
  constructor(private readonly catalogue: CatalogueRepository) {}

  /** @throws AppError bad_request for an invalid page size, cursor or search text */
  async list({ filter, sort, ...paging }: CatalogueRequest): Promise<ProductPage> {
    const order = sort ?? 'NEWEST';
    const conditions = filter ?? {};
    assertSearchable(conditions.search ?? '');
    const page = pageRequest(paging, { sort: order, isValid: (values) => isCursorOf(order, values) });
    const rows = await this.catalogue.findPage(conditions, sortOrders[order], page);
    const products = connection(rows, page, (product) => cursorOf(order, product));
    return Object.assign(products, { filter: conditions });
  }

  /** Products that match; 10001 means "more than 10000". */
  count(filter: CatalogueFilter): Promise<number> {
    return this.catalogue.count(filter, countedAtMost);
  }
}

function assertSearchable(text: string): void {
  if (text.length > maximumSearchLength || !isStorableText(text)) {
    throw new AppError('bad_request', `search must be text of at most ${maximumSearchLength} characters.`);
  }
}
