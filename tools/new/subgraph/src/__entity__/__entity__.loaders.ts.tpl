import { isUuid } from '@shop/kit/ids';
import DataLoader from 'dataloader';
import type { __Entity__ } from './__entity__.entity';
import type { __Entity__Repository } from './__entity__.repository';

/** Null for an ID that names no row. One statement per batch. */
export interface __Entity__Loaders {
  __entity__ById: DataLoader<string, __Entity__ | null>;
}

export function create__Entity__Loaders(rows: __Entity__Repository): __Entity__Loaders {
  return {
    __entity__ById: new DataLoader(async (ids) => {
      const known = ids.filter(isUuid);
      const found = known.length > 0 ? await rows.findByIds(known) : [];
      const byId = new Map(found.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }),
  };
}
