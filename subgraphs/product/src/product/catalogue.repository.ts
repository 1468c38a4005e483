import { query, type Statement, unpreparedStatement } from '@shop/kit/database';
import type { PageRequest } from '@shop/kit/pagination';
import type { DataSource } from 'typeorm';
import type { Product } from './product.entity';
import { type SortKey, type SortOrder } from './product-sort';
import { productColumns } from './product.repository';

/** Conditions that a listed product meets. Null and undefined are no condition. */
export interface CatalogueFilter {
  search?: string | null;
  inStock?: boolean | null;
  minPriceCents?: number | null;
  maxPriceCents?: number | null;
  currency?: string | null;
}

const sortColumns: Record<SortKey, { column: string; type: string }> = {
  name: { column: 'name', type: 'text' },
  priceCents: { column: 'price_cents', type: 'bigint' },
  id: { column: 'id', type: 'uuid' },
};

/** Lists of products, one statement each. */
export class CatalogueRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Up to `page.limit + 1` products in the direction of the page; the extra one means that there are more. */
  findPage(filter: CatalogueFilter, order: SortOrder, page: PageRequest): Promise<Product[]> {
    const conditions = new Conditions(filter);
    const isFiltered = conditions.where !== '';
    const isDescending = order.isDescending !== page.backward;
    if (page.after) conditions.beyond(order.keys, order.isDescending ? '<' : '>', page.after);
    if (page.before) conditions.beyond(order.keys, order.isDescending ? '>' : '<', page.before);
    const orderBy = order.keys.map((key) => `${sortColumns[key].column} ${isDescending ? 'DESC' : 'ASC'}`);
    const text = `SELECT ${productColumns} FROM products ${conditions.where} ORDER BY ${orderBy.join(', ')} LIMIT ${page.limit + 1}`;
    const isPrepared = !isFiltered && preparedLimits.has(page.limit);
    return query(
      this.dataSource,
      isPrepared ? preparedPage(text) : pageStatement(text),
      conditions.parameters,
    );
  }

  /** Stops counting at `maximum`. */
  async count(filter: CatalogueFilter, maximum: number): Promise<number> {
    const { where, parameters } = new Conditions(filter);
    const count = unpreparedStatement(
      'CatalogueRepository.count',
      `SELECT count(*) FROM (SELECT FROM products ${where} LIMIT ${maximum}) AS matching`,
    );
    const [row] = await query<{ count: number }>(this.dataSource, count, parameters);
    return row!.count;
  }
}

const pageName = 'CatalogueRepository.findPage';
const pageStatement = (text: string) => unpreparedStatement(pageName, text);

/**
 * The usual page sizes. Only unfiltered pages of these are prepared: their plan does not depend on
 * the values, and there are few texts, each of which takes memory in each connection.
 */
const preparedLimits: ReadonlySet<number> = new Set([10, 20, 50, 100]);

const preparedPages = new Map<string, Statement>();

function preparedPage(text: string): Statement {
  const known = preparedPages.get(text);
  if (known) return known;
  const name = `${pageName} ${preparedPages.size + 1}`;
  const prepared = { ...pageStatement(text), name };
  preparedPages.set(text, prepared);
  return prepared;
}

/** A WHERE clause and its bound parameters. */
class Conditions {
  readonly parameters: unknown[] = [];
  private readonly conditions: string[] = [];

  constructor(filter: CatalogueFilter) {
    const { search, inStock, minPriceCents, maxPriceCents, currency } = filter;
    if (search?.trim()) this.conditions.push(`search @@ search_query(${this.bind(search)})`);
    if (typeof inStock === 'boolean') this.conditions.push(inStock ? 'stock > 0' : 'stock = 0');
    if (typeof minPriceCents === 'number') this.conditions.push(`price_cents >= ${this.bind(minPriceCents)}`);
    if (typeof maxPriceCents === 'number') this.conditions.push(`price_cents <= ${this.bind(maxPriceCents)}`);
    if (currency) this.conditions.push(`currency = ${this.bind(currency)}`);
  }

  get where(): string {
    return this.conditions.length > 0 ? `WHERE ${this.conditions.join(' AND ')}` : '';
  }

  /** Rows on one side of a position. A row comparison uses the index of the sort. */
  beyond(keys: readonly SortKey[], side: '<' | '>', position: readonly unknown[]): void {
    const columns = keys.map((key) => sortColumns[key].column);
    const values = keys.map((key, index) => `${this.bind(position[index])}::${sortColumns[key].type}`);
    this.conditions.push(`(${columns.join(', ')}) ${side} (${values.join(', ')})`);
  }

  private bind(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }
}
