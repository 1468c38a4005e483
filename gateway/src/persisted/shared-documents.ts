import { createHash } from 'node:crypto';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { Logger } from '@shop/kit/logger';
import { createCircuit } from '@shop/kit/resilience';
import { callSharedStore, connectSharedStore } from '@shop/kit/shared-store';

const target = 'document-store';

/** Anonymous clients can register documents, so their number and size are limited: 20 MB in all. */
const maxDocuments = 2_000;
const maxDocumentBytes = 10_000;

const keys = ['{apq}:documents', '{apq}:registered-at'];

/** Adds a document and removes the oldest ones beyond the limit, by the clock of the store. */
const addDocument = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[1])
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], excess)
  for index = 1, #oldest, 2 do redis.call('HDEL', KEYS[1], oldest[index]) end
end`;

/**
 * Apollo Server's cache of automatic persisted queries, shared by all gateway processes. Without the
 * store each process has its own documents: a client that gets PERSISTED_QUERY_NOT_FOUND sends the
 * text again, which is the protocol.
 *
 * @param local documents of this process, which are looked up first
 */
export function shareDocuments({
  url,
  local,
  logger,
}: {
  url: string;
  local: KeyValueCache<string>;
  logger: Logger;
}): { cache: KeyValueCache<string>; close(): void } {
  // Debug: the circuit logs the outage.
  const client = connectSharedStore(url, (error) => logger.debug('document store: no connection', { error }));
  const circuit = createCircuit({ target, logger });

  /** @returns undefined while the store is unavailable */
  const ask = <T>(call: () => Promise<T>): Promise<T | undefined> =>
    callSharedStore(circuit, target, call).catch(() => undefined);

  return {
    cache: {
      async get(key) {
        const known = await local.get(key);
        if (known !== undefined) return known;
        const shared = await ask(() => client.hGet(keys[0] as string, key));
        // Others can write to the store: a document is executed only if the client's hash is its own.
        if (!shared || key !== keyOf(shared)) return undefined;
        await local.set(key, shared);
        return shared;
      },
      async set(key, document, options) {
        await local.set(key, document, options);
        if (Buffer.byteLength(document) > maxDocumentBytes) return;
        await ask(() => client.eval(addDocument, { keys, arguments: [key, document, String(maxDocuments)] }));
      },
      delete: (key) => local.delete(key),
    },
    close: () => client.destroy(),
  };
}

/** The key that Apollo Server uses. */
const keyOf = (document: string) => `apq:${createHash('sha256').update(document).digest('hex')}`;
