import { withClient } from '@shop/local-stack/postgres';
import { databaseNames, type SubgraphName } from '@shop/local-stack/stack';
import { currentTestRun } from '../run';

/** Copies a template; returns the URL of the subgraph's role. */
export async function createFromTemplate(input: {
  subgraph: SubgraphName;
  template: string;
  name: string;
}): Promise<string> {
  const { subgraph, template, name } = input;
  const { superuserUrl, templateUrls } = currentTestRun();
  await withClient(superuserUrl, async (client) => {
    const [copy, original, owner] = [name, template, databaseNames[subgraph]].map((id) =>
      client.escapeIdentifier(id),
    );
    await client.query(`CREATE DATABASE ${copy} TEMPLATE ${original} OWNER ${owner}`);
  });
  const url = new URL(templateUrls[subgraph] as string);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops it and closes open connections. */
export async function dropDatabase(name: string): Promise<void> {
  await withClient(currentTestRun().superuserUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  });
}
