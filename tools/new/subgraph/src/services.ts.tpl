import type { DataSource } from 'typeorm';
import { __Entity__Repository } from './__entity__/__entity__.repository';
import { __Entity__Service } from './__entity__/__entity__.service';

export type __Name__Services = ReturnType<typeof createServices>;

/** Wires repositories into services, once. */
export function createServices({ dataSource }: { dataSource: DataSource }) {
  const __entity__Rows = new __Entity__Repository(dataSource);
  return { __table__: new __Entity__Service(__entity__Rows), __entity__Rows };
}
