import { parentPort } from 'node:worker_threads';
import { sendWithRetry, type Storm } from './customers';

/**
 * Sends all requests concurrently and returns the total number of retries. Runs in its own thread,
 * so that its CPU time does not delay the measurement.
 */
async function sendAll(storm: Storm): Promise<number> {
  const retries = await Promise.all(storm.bodies.map((body) => sendWithRetry(storm, body)));
  return retries.reduce((sum, count) => sum + count, 0);
}

// A failed request ends this thread with its error.
parentPort?.on('message', (storm: Storm) => {
  void sendAll(storm).then((retries) => parentPort?.postMessage(retries));
});
