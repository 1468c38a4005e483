import { isUuid } from '@shop/kit/ids';
import { encodeCursor } from '@shop/kit/pagination';
import { isStorableText } from '@shop/kit/text';
import type { Product } from './product.entity';

/** As the graph's ProductSort. */
export type ProductSort = 'NEWEST' | 'NAME_ASC' | 'PRICE_ASC' | 'PRICE_DESC';

/** A total order: the last key is the ID. Each has an index that is read in both directions. */
export interface SortOrder {
  keys: readonly SortKey[];
  isDescending: boolean;
}

export type SortKey = 'name' | 'priceCents' | 'id';

export const sortOrders: Readonly<Record<ProductSort, SortOrder>> = {
  // UUIDv7 increases with time.
  NEWEST: { keys: ['id'], isDescending: true },
  NAME_ASC: { keys: ['name', 'id'], isDescending: false },
  PRICE_ASC: { keys: ['priceCents', 'id'], isDescending: false },
  PRICE_DESC: { keys: ['priceCents', 'id'], isDescending: true },
};

const isKeyValue: Record<SortKey, (value: unknown) => boolean> = {
  name: (value) => typeof value === 'string' && isStorableText(value),
  priceCents: (value) => Number.isSafeInteger(value),
  id: isUuid,
};

/** The product's position in a list of this sort. */
export function cursorOf(sort: ProductSort, product: Product): string {
  return encodeCursor(
    sort,
    sortOrders[sort].keys.map((key) => product[key]),
  );
}

/** True for values that a cursor of this sort can contain. Cursors are client input. */
export function isCursorOf(sort: ProductSort, values: readonly unknown[]): boolean {
  const { keys } = sortOrders[sort];
  return values.length === keys.length && keys.every((key, index) => isKeyValue[key](values[index]));
}
