import { readFile } from 'node:fs/promises';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import { ConfigError } from '@shop/kit/config';
import type { Logger } from '@shop/kit/logger';
import { type DocumentNode, Kind, parse } from 'graphql';
import type { GatewaySettings } from '../config';
import { type Manifest, type ManifestOperation, readManifest } from './manifest';
import { operationId } from './operation-id';
import { shareDocuments } from './shared-documents';

/** The indexes of a manifest. */
export interface ListedOperations {
  /** By the hash of the normalised document, so that the formatting of bodies does not matter. */
  has(normalisedId: string): boolean;
  /** By the ID that clients send; an entry for one client takes precedence over one for all. */
  bodyOf(id: string, clientName: string | undefined): string | undefined;
  /** The documents of all operations. */
  bodies: readonly string[];
  /** Whether an operation has this name. */
  hasName(name: string): boolean;
}

export interface PersistedOperations extends ListedOperations {
  mode: 'off' | 'log' | 'safelist';
  /**
   * The name of an operation in metrics: its own if it is in the manifest, also if that is not in
   * use, else `other`, because clients could invent any number of names.
   */
  labelOf(document: DocumentNode, operationName: string | null): string;
  /** Apollo Server's cache of automatic persisted queries. */
  registered: KeyValueCache<string>;
  close(): void;
}

/** @throws ConfigError if the file cannot be read or is not a manifest */
export async function openPersistedOperations(
  settings: GatewaySettings,
  logger: Logger,
): Promise<PersistedOperations> {
  const { NODE_ENV, PERSISTED_OPERATIONS, PERSISTED_OPERATIONS_FILE: file } = settings;
  const mode = PERSISTED_OPERATIONS ?? (NODE_ENV === 'production' ? 'log' : 'off');
  const found = listedIn(file);
  // A manifest that is not in use may be missing.
  const named = await (mode === 'off' ? found.catch(() => noOperations) : found);
  const { cache, close } = openCache(mode, settings.REDIS_URL, logger);
  return {
    mode,
    ...(mode === 'off' ? noOperations : named),
    labelOf: (document, name) => (name !== null && isListed(named, document, name) ? name : 'other'),
    registered: cache,
    close,
  };
}

function openCache(
  mode: PersistedOperations['mode'],
  storeUrl: string | undefined,
  logger: Logger,
): { cache: KeyValueCache<string>; close(): void } {
  const close = () => undefined;
  if (mode === 'safelist') return { cache: emptyCache, close };
  const local = new InMemoryLRUCache<string>();
  return storeUrl === undefined ? { cache: local, close } : shareDocuments({ url: storeUrl, local, logger });
}

const noOperations: ListedOperations = {
  has: () => false,
  bodyOf: () => undefined,
  bodies: [],
  hasName: () => false,
};

/** Computes the ID, which is expensive for a new document, only of a listed name. */
function isListed({ hasName, has }: ListedOperations, document: DocumentNode, name: string): boolean {
  const id = hasName(name) ? operationId(document, name) : undefined;
  return id !== undefined && has(id);
}

/** In safelist mode clients cannot register documents. */
const emptyCache: KeyValueCache<string> = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
};

async function listedIn(file: string): Promise<ListedOperations> {
  try {
    return listOperations(readManifest(await readFile(file, 'utf8')));
  } catch (error) {
    throw new ConfigError('gateway', [`PERSISTED_OPERATIONS_FILE (${file}): ${(error as Error).message}`]);
  }
}

/** @throws Error if a body has no operation, or an ID has two operations of the same client */
export function listOperations({ operations }: Manifest): ListedOperations {
  const bodies = new Map<string, string>();
  const normalised = new Set<string>();
  const names = new Set<string>();
  for (const operation of operations) {
    const { id, body, clientName } = operation;
    const key = keyOf(id, clientName);
    if ((bodies.get(key) ?? body) !== body)
      throw new Error(`The ID ${id} identifies two operations of the same client.`);
    bodies.set(key, body);
    for (const normalisedId of normalisedIds(operation)) normalised.add(normalisedId);
    names.add(operation.name);
  }
  return {
    has: (normalisedId) => normalised.has(normalisedId),
    bodyOf: (id, clientName) => bodies.get(keyOf(id, clientName)) ?? bodies.get(keyOf(id, undefined)),
    bodies: [...new Set(bodies.values())],
    hasName: (name) => names.has(name),
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
