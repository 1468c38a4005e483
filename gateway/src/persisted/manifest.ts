import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';
import { z } from 'zod';
import { idOfBody, operationBody } from './operation-id';

const format = 'apollo-persisted-query-manifest';

const manifestShape = z.object({
  format: z.literal(format),
  version: z.literal(1),
  operations: z.array(
    z.object({
      /** What clients send instead of the document: its SHA-256, unless their tool is configured otherwise. */
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

/** The text of a manifest's file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws Error naming what is wrong with the text */
export function readManifest(text: string): Manifest {
  return manifestShape.parse(JSON.parse(text));
}
