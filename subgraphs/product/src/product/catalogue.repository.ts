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

/** How pages of a search are read; decision record 0079 has the measurements of the defaults. */
export interface SearchLimits {
  /** A search for which PostgreSQL estimates fewer matches is read from the word index. */
  fewRows: number;
  /** Maximum rows of the sort index that are read for one page. */
  walkedRows: number;
}

/** Reads lists of products. */
export class CatalogueRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly limits: SearchLimits = { fewRows: 1_000, walkedRows: 20_000 },
  ) {}

  /** Up to `page.limit + 1` products in page direction; the extra one shows that there are more. */
  async findPage(filter: CatalogueFilter, order: SortOrder, page: PageRequest): Promise<Product[]> {
    const conditions = new Conditions(filter);
    // Before the position is added: the estimate is that of the whole list.
    const hasMany = conditions.hasSearch && (await this.estimate(conditions)) >= this.limits.fewRows;
    const isDescending = order.isDescending !== page.backward;
    if (page.after) conditions.beyond(order.keys, order.isDescending ? '<' : '>', page.after);
    if (page.before) conditions.beyond(order.keys, order.isDescending ? '>' : '<', page.before);
    const keys = order.keys.map((key) => `${sortColumns[key].column} ${isDescending ? 'DESC' : 'ASC'}`);
    const sorted = `ORDER BY ${keys.join(', ')} LIMIT`;
    const read = (from: string) => {
      const text = `SELECT ${productColumns} FROM ${from} ${sorted} ${page.limit + 1}`;
      const isPrepared = !conditions.isFiltered && preparedLimits.has(page.limit);
      return query<Product>(
        this.dataSource,
        isPrepared ? preparedPage(text) : pageStatement(text),
        conditions.parameters,
      );
    };

    if (!conditions.hasSearch) return read(`products ${conditions.where()}`);
    if (hasMany) {
      const [inner, outer] = conditions.split(order.keys[0]);
      const found = await read(
        `(SELECT * FROM products ${inner} ${sorted} ${this.limits.walkedRows}) AS products ${outer}`,
      );
      if (found.length > page.limit) return found;
    }
    // OFFSET 0 prevents the planner from reading the sort index until the page is full: for words
    // that never occur together it would read the whole table.
    return read(`(SELECT * FROM products ${conditions.where()} OFFSET 0) AS products`);
  }

  /** PostgreSQL's estimate of the number of matches, which may be wrong by orders of magnitude. */
  private async estimate(conditions: Conditions): Promise<number> {
    const explain = unpreparedStatement(
      'CatalogueRepository.estimate',
      `EXPLAIN (FORMAT JSON) SELECT FROM products ${conditions.where()}`,
    );
    const [row] = await query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      this.dataSource,
      explain,
      conditions.parameters,
    );
    return row!['QUERY PLAN'][0].Plan['Plan Rows'];
  }

  /** Stops counting at `maximum`. */
  async count(filter: CatalogueFilter, maximum: number): Promise<number> {
    const conditions = new Conditions(filter);
    const count = unpreparedStatement(
      'CatalogueRepository.count',
      `SELECT count(*) FROM (SELECT FROM products ${conditions.where()} LIMIT ${maximum}) AS matching`,
    );
    const [row] = await query<{ count: number }>(this.dataSource, count, conditions.parameters);
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

/** The conditions of a list and their bound parameters. */
class Conditions {
  readonly parameters: unknown[] = [];
  readonly hasSearch: boolean;
  private readonly filters: string[] = [];
  private readonly priceBounds: string[] = [];
  private readonly positions: string[] = [];

  constructor(filter: CatalogueFilter) {
    const { search, inStock, minPriceCents, maxPriceCents, currency } = filter;
    this.hasSearch = Boolean(search?.trim());
    if (this.hasSearch) this.filters.push(`search @@ search_query(${this.bind(search)})`);
    if (typeof inStock === 'boolean') this.filters.push(inStock ? 'stock > 0' : 'stock = 0');
    if (typeof minPriceCents === 'number')
      this.priceBounds.push(`price_cents >= ${this.bind(minPriceCents)}`);
    if (typeof maxPriceCents === 'number')
      this.priceBounds.push(`price_cents <= ${this.bind(maxPriceCents)}`);
    if (currency) this.filters.push(`currency = ${this.bind(currency)}`);
  }

  get isFiltered(): boolean {
    return this.filters.length + this.priceBounds.length > 0;
  }

  /** The WHERE clause of all conditions; empty without any. */
  where(): string {
    return clause([...this.filters, ...this.priceBounds, ...this.positions]);
  }

  /** The WHERE clauses of the conditions that limit a scan of the sort index, and of the others. */
  split(firstKey: SortKey | undefined): [inner: string, outer: string] {
    if (firstKey === 'priceCents')
      return [clause([...this.priceBounds, ...this.positions]), clause(this.filters)];
    return [clause(this.positions), clause([...this.filters, ...this.priceBounds])];
  }

  /** Rows on one side of a position. The row comparison can use the sort index. */
  beyond(keys: readonly SortKey[], side: '<' | '>', position: readonly unknown[]): void {
    const columns = keys.map((key) => sortColumns[key].column);
    const values = keys.map((key, index) => `${this.bind(position[index])}::${sortColumns[key].type}`);
    this.positions.push(`(${columns.join(', ')}) ${side} (${values.join(', ')})`);
  }

  private bind(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }
}

function clause(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}
