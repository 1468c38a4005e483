import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';
import { z } from 'zod';
import { idOfBody, operationBody } from './operation-id';

const format = 'apollo-persisted-query-manifest';

const manifestShape = z.object({
  format: z.literal(format),
  version: z.literal(1),
  operations: z.array(
    z.object({
      /** SHA-256 of `body`. */
      id: z.string().regex(/^[0-9a-f]{64}$/),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string(),
    }),
  ),
});

/** The operations of known clients, in the format that Apollo's tools write and read. */
export type Manifest = z.infer<typeof manifestShape>;

/**
 * Every named operation of a document, by name.
 *
 * @throws Error for an operation without a name: nobody could say which one it is
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
  const manifest = manifestShape.parse(JSON.parse(text));
  const [wrong] = manifest.operations.filter(({ id, body }) => id !== idOfBody(body));
  if (wrong) throw new Error(`The id of the operation ${wrong.name} is not the SHA-256 of its body.`);
  return manifest;
}
