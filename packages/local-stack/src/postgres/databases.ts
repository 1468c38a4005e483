import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** A database and its owner, the only role that may connect. */
export interface OwnedDatabase {
  database: string;
  role: string;
  password: string;
}

/** Runs `work` on a connection and closes it. */
export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates missing roles and databases. */
export async function ensureDatabases(superuserUrl: string, wanted: readonly OwnedDatabase[]): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database');
    const existing = new Set(rows.map((row) => row.name));
    for (const item of wanted) {
      if (!existing.has(item.database)) await createDatabase(client, item);
    }
  });
}

async function createDatabase(client: Client, { database, role, password }: OwnedDatabase): Promise<void> {
  const [name, owner] = [escapeIdentifier(database), escapeIdentifier(role)];
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${owner} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await client.query(`CREATE DATABASE ${name} OWNER ${owner}`);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
}
