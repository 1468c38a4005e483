import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatAST, type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { z } from 'zod';
import { idOfBody, operationBody } from './operation-id';

const format = 'apollo-persisted-query-manifest';

const manifestShape = z.object({
  format: z.literal(format),
  version: z.literal(1),
  operations: z.array(
    z.object({
      /** Sent by clients instead of the document: its SHA-256, or an ID of their own. */
      id: z.string().min(1).max(500),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      /** The document, in any formatting. */
      body: z.string(),
      /** The only client that may send this ID. Two clients may use the same ID. */
      clientName: z.string().nullish(),
    }),
  ),
});

/**
 * The operations of known clients, in the format of Apollo's tools
 * (https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format).
 */
export type Manifest = z.infer<typeof manifestShape>;

export type ManifestOperation = Manifest['operations'][number];

/**
 * Every named operation of a document, by name.
 *
 * @throws Error for an operation without a name
 */
export function manifestOf(document: DocumentNode): Manifest {
  const operations = document.definitions
    .filter(
      (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
    )
    .map((operation) => {
      const name = operation.name?.value;
      const body = name === undefined ? undefined : operationBody(document, name);
      if (name === undefined || body === undefined)
        throw new Error('Every persisted operation needs a name.');
      return { id: idOfBody(body), name, type: operation.operation, body };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { format, version: 1, operations };
}

/** The content of the manifest's file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws Error if the text is not a manifest */
export function readManifest(text: string): Manifest {
  return manifestShape.parse(JSON.parse(text));
}

const repository = join(__dirname, '..', '..', '..');
const sources = 'gateway/src/rest/operations/*.graphql';

/** All operations of this repository's clients and their fragments, as one document. */
export function repositoryOperations(): DocumentNode {
  const files = globSync(sources, { cwd: repository }).sort();
  return concatAST(files.map((file) => parse(readFileSync(join(repository, file), 'utf8'))));
}
