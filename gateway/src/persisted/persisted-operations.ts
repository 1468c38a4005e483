import { readFile } from 'node:fs/promises';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import { ConfigError } from '@shop/kit/config';
import type { GatewaySettings } from '../config';
import { type Manifest, readManifest } from './manifest';

export type PersistedMode = 'off' | 'log' | 'safelist';

/** What is known of clients' operations, and what becomes of others. */
export interface PersistedOperations {
  mode: PersistedMode;
  has(id: string): boolean;
  /** For Apollo Server: the text of an operation that a client sends by its id alone. */
  texts: KeyValueCache<string>;
}

/** Apollo Server puts it before each id. */
const keyPrefix = 'apq:';

/** @throws ConfigError for a file that cannot be read or is no manifest */
export async function openPersistedOperations(settings: GatewaySettings): Promise<PersistedOperations> {
  const { NODE_ENV, PERSISTED_OPERATIONS, PERSISTED_OPERATIONS_FILE: file } = settings;
  const mode = PERSISTED_OPERATIONS ?? (NODE_ENV === 'production' ? 'log' : 'off');
  const { operations } = mode === 'off' ? { operations: [] } : await manifestIn(file);
  const bodies = new Map(operations.map(({ id, body }) => [id, body]));
  return { mode, has: (id) => bodies.has(id), texts: textsOf(bodies, mode) };
}

/** With a safelist nothing is learnt from clients; else what they register is kept for a while, as without a manifest. */
function textsOf(bodies: ReadonlyMap<string, string>, mode: PersistedMode): KeyValueCache<string> {
  const learnt = mode === 'safelist' ? undefined : new InMemoryLRUCache<string>();
  return {
    get: async (key) => bodies.get(key.slice(keyPrefix.length)) ?? learnt?.get(key),
    set: async (key, value, options) => learnt?.set(key, value, options),
    delete: async (key) => learnt?.delete(key),
  };
}

async function manifestIn(file: string): Promise<Manifest> {
  try {
    return readManifest(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConfigError('gateway', [`PERSISTED_OPERATIONS_FILE (${file}): ${(error as Error).message}`]);
  }
}
