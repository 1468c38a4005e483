import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Smaller responses fit into one packet anyway. */
const thresholdBytes = 1_024;
/** Up to here compression takes less than 1 ms, and the set-up of a stream more than the compression. */
const syncThresholdBytes = 128 * 1_024;

/**
 * Compresses the responses of routes that are added afterwards if the client accepts it. Requests stay
 * uncompressed: a small one could have a body that is very large.
 */
export async function compressResponses(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: thresholdBytes,
    syncThreshold: syncThresholdBytes,
    globalDecompression: false,
  });
}
