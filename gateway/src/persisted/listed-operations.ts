import { type DocumentNode, Kind, parse } from 'graphql';
import type { Manifest, ManifestOperation } from './manifest';
import { operationId } from './operation-id';

/** The indexes of a manifest. */
export interface ListedOperations {
  /** By the hash of the normalised document, so that the formatting of bodies does not matter. */
  has(normalisedId: string): boolean;
  /** By the ID that clients send; an entry for one client takes precedence over one for all. */
  bodyOf(id: string, clientName: string | undefined): string | undefined;
}

/** @throws Error if a body has no operation, or an ID has two operations of the same client */
export function listOperations({ operations }: Manifest): ListedOperations {
  const bodies = new Map<string, string>();
  const normalised = new Set<string>();
  for (const operation of operations) {
    const { id, body, clientName } = operation;
    const key = keyOf(id, clientName);
    if ((bodies.get(key) ?? body) !== body)
      throw new Error(`The ID ${id} identifies two operations of the same client.`);
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
