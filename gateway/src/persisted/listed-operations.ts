import { type DocumentNode, Kind, parse } from 'graphql';
import type { Manifest, ManifestOperation } from './manifest';
import { operationId } from './operation-id';

/** A manifest as it is searched. */
export interface ListedOperations {
  /** By the id of an operation's normalised text: the layout of the manifest's bodies makes no difference. */
  has(normalisedId: string): boolean;
  /** By the id that clients send; an entry for one client comes before an entry for all. */
  bodyOf(id: string, clientName: string | undefined): string | undefined;
}

/** @throws Error for a body that is no executable document, and for an id that stands for two operations of the same client */
export function listOperations({ operations }: Manifest): ListedOperations {
  const bodies = new Map<string, string>();
  const normalised = new Set<string>();
  for (const operation of operations) {
    const { id, body, clientName } = operation;
    const key = keyOf(id, clientName);
    if ((bodies.get(key) ?? body) !== body) throw new Error(`The id ${id} stands for two operations.`);
    bodies.set(key, body);
    for (const normalisedId of normalisedIds(operation)) normalised.add(normalisedId);
  }
  return {
    has: (normalisedId) => normalised.has(normalisedId),
    bodyOf: (id, clientName) => bodies.get(keyOf(id, clientName)) ?? bodies.get(keyOf(id, undefined)),
  };
}

function keyOf(id: string, clientName: string | null | undefined): string {
  return JSON.stringify([id, clientName ?? null]);
}

function normalisedIds({ name, body }: ManifestOperation): string[] {
  const document = parsed(name, body);
  const ids = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (operationId(document, definition.name?.value ?? '') ?? [])
      : [],
  );
  if (ids.length === 0) throw new Error(`The body of the operation ${name} has no operation.`);
  return ids;
}

function parsed(name: string, body: string): DocumentNode {
  try {
    return parse(body, { noLocation: true });
  } catch (error) {
    throw new Error(`The body of the operation ${name} cannot be parsed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
