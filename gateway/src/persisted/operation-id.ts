import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, print, separateOperations } from 'graphql';

const ids = new WeakMap<DocumentNode, Map<string, string>>();

/**
 * One operation of a document in normal form: printed by graphql-js without comments, followed by the
 * fragments that it uses in alphabetical order. Undefined if the document has no operation of that
 * name; '' is the name of the anonymous operation.
 */
export function operationBody(document: DocumentNode, name: string): string | undefined {
  const separate = separateOperations(document)[name];
  if (!separate) return undefined;
  const [operations, fragments] = [Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION].map((kind) =>
    separate.definitions.filter((definition) => definition.kind === kind).map(print),
  );
  return [...(operations ?? []), ...(fragments ?? []).sort()].join('\n\n');
}

/** SHA-256 of the body in hexadecimal, as in automatic persisted queries. */
export function idOfBody(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The ID of the normal form of an operation. Cached, because Apollo Server caches documents. */
export function operationId(document: DocumentNode, name: string): string | undefined {
  const known = ids.get(document) ?? new Map<string, string>();
  ids.set(document, known);
  const found = known.get(name);
  if (found !== undefined) return found;
  const body = operationBody(document, name);
  if (body === undefined) return undefined;
  const id = idOfBody(body);
  known.set(name, id);
  return id;
}
