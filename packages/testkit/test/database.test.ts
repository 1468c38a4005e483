import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase } from '@shop/testkit/database';

async function tablesOf(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    return rows.map((row) => row.name);
  });
}

test('a clone is migrated and shares no data with another one', async () => {
  const [one, other] = await Promise.all([cloneDatabase('product'), cloneDatabase('product')]);
  await withClient(one.url, (client) => client.query('CREATE TABLE only_here ()'));

  expect(await tablesOf(one.url)).toEqual(expect.arrayContaining(['products', 'only_here']));
  expect(await tablesOf(other.url)).not.toContain('only_here');

  await Promise.all([one.drop(), other.drop()]);
  await expect(tablesOf(one.url)).rejects.toThrow(/does not exist/);
});

test('a clone belongs to the role of its subgraph', async () => {
  const database = await cloneDatabase('user');

  const { rows } = await withClient(database.url, (client) =>
    client.query<{ me: string; owner: string }>(
      'SELECT current_user AS me, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()',
    ),
  );

  expect(rows).toEqual([{ me: 'users', owner: 'users' }]);
  await database.drop();
});
