import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Smaller responses fit into one packet without compression. */
const thresholdBytes = 1_024;
/** Up to this size, compression takes less than 2 ms, and creating a stream would take longer. */
const syncThresholdBytes = 128 * 1_024;

/**
 * Compresses the responses of routes that are added afterwards, if the client accepts it.
 * Compressed requests are not accepted: a small one can expand to a very large body.
 */
export async function compressResponses(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: thresholdBytes,
    syncThreshold: syncThresholdBytes,
    globalDecompression: false,
  });
}
