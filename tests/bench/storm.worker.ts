import { parentPort } from 'node:worker_threads';
import { sendWithRetry, type Storm } from './customers';

/** Everybody asks at the same moment; answers how often somebody was told to come again. In a thread of its own: its work must not be taken for the shop's. */
async function rage(storm: Storm): Promise<number> {
  const waits = await Promise.all(storm.bodies.map((body) => sendWithRetry(storm, body)));
  return waits.reduce((sum, count) => sum + count, 0);
}

// A storm that fails ends this thread with its error.
parentPort?.on('message', (storm: Storm) => {
  void rage(storm).then((retryLater) => parentPort?.postMessage(retryLater));
});
