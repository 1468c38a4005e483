import { columnList, query, statement } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { __Entity__ } from './__entity__.entity';

const columns = columnList(__Entity__);

const findByIds = statement(
  '__Entity__Repository.findByIds',
  `SELECT ${columns} FROM __table__ WHERE id = ANY ($1::uuid[])`,
);
const insert = statement(
  '__Entity__Repository.insert',
  `INSERT INTO __table__ (id, title) VALUES ($1, $2) RETURNING ${columns}`,
);

/** IDs must be UUIDs. */
export class __Entity__Repository {
  constructor(private readonly dataSource: DataSource) {}

  /** In no particular order; IDs that name no row are left out. */
  findByIds(ids: readonly string[]): Promise<__Entity__[]> {
    return query<__Entity__>(this.dataSource, findByIds, [ids]);
  }

  async insert({ id, title }: Pick<__Entity__, 'id' | 'title'>): Promise<__Entity__> {
    const [inserted] = await query<__Entity__>(this.dataSource, insert, [id, title]);
    return inserted!;
  }
}
