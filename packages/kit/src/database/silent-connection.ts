import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** What pg does not declare. */
interface OpenClient {
  connection: { stream: Socket };
  /** False while a response is awaited. */
  readyForQuery: boolean;
}

/**
 * Destroys a connection that waits for a response and receives nothing for `silenceMs`. Without it,
 * a network partition or a stopped server machine would block the connection and its callers for a
 * quarter of an hour. pg's own `query_timeout` does not help: it returns the connection to the pool
 * with its transaction still open.
 *
 * @param client connected
 */
export function destroySilentConnection(client: ClientBase, silenceMs: number): void {
  const open = client as unknown as OpenClient;
  const { stream } = open.connection;
  stream.setTimeout(silenceMs);
  // Not as the argument of setTimeout: that listener is called only once, and an idle connection
  // times out repeatedly.
  stream.on('timeout', () => {
    if (open.readyForQuery) return;
    const heardBytes = stream.bytesRead;
    // If this process was suspended, the response may have arrived but not been read; it is read
    // before this runs.
    setImmediate(() => {
      if (stream.bytesRead === heardBytes) stream.destroy();
    });
  });
}
