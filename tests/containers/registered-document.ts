import { createHash, randomUUID } from 'node:crypto';
import { type GraphqlBody, rest } from '@shop/testkit/http';

/** Registers a new document at a gateway. @returns its hash, by which clients execute it afterwards */
export async function registerDocument(url: string): Promise<string> {
  const query = `query Registered${randomUUID().replaceAll('-', '')} { __typename }`;
  const hash = createHash('sha256').update(query).digest('hex');
  await executeRegistered(url, hash, query);
  return hash;
}

/** Executes a document by its hash. @throws Error if the gateway does not know it */
export async function executeRegistered(url: string, sha256Hash: string, query?: string): Promise<void> {
  const body = { query, extensions: { persistedQuery: { version: 1, sha256Hash } } };
  const response = await rest(url)<GraphqlBody<{ __typename: string }>>('POST', '/graphql', { body });
  if (response.body.data?.__typename !== 'Query')
    throw new Error(`${url} did not execute the document ${sha256Hash}: ${JSON.stringify(response.body)}`);
}
