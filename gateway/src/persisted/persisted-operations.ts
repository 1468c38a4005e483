import { readFile } from 'node:fs/promises';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import { ConfigError } from '@shop/kit/config';
import type { GatewaySettings } from '../config';
import { type ListedOperations, listOperations } from './listed-operations';
import { readManifest } from './manifest';

export type PersistedMode = 'off' | 'log' | 'safelist';

/** What is known of clients' operations, and what becomes of others. */
export interface PersistedOperations extends ListedOperations {
  mode: PersistedMode;
  /** Apollo Server's cache of automatic persisted queries. */
  registered: KeyValueCache<string>;
}

/** @throws ConfigError for a file that cannot be read or is no manifest */
export async function openPersistedOperations(settings: GatewaySettings): Promise<PersistedOperations> {
  const { NODE_ENV, PERSISTED_OPERATIONS, PERSISTED_OPERATIONS_FILE: file } = settings;
  const mode = PERSISTED_OPERATIONS ?? (NODE_ENV === 'production' ? 'log' : 'off');
  const listed = mode === 'off' ? noOperations : await listedIn(file);
  return { mode, ...listed, registered: mode === 'safelist' ? registersNothing : new InMemoryLRUCache() };
}

const noOperations: ListedOperations = { has: () => false, bodyOf: () => undefined };

/** In safelist mode clients cannot register documents. */
const registersNothing: KeyValueCache<string> = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};

async function listedIn(file: string): Promise<ListedOperations> {
  try {
    return listOperations(readManifest(await readFile(file, 'utf8')));
  } catch (error) {
    throw new ConfigError('gateway', [`PERSISTED_OPERATIONS_FILE (${file}): ${(error as Error).message}`]);
  }
}
