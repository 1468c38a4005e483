import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** What pg does not declare. */
interface OpenClient {
  connection: { stream: Socket };
  /** False while an answer is awaited. */
  readyForQuery: boolean;
}

/**
 * Destroys a connection that awaits an answer and hears nothing for `silenceMs`: a server that vanished without a word (a cut network,
 * a stopped machine) would hold it, and whoever waits for it, for a quarter of an hour. pg's own `query_timeout` is no remedy: it
 * gives the connection back to the pool as it is, with its transaction open.
 *
 * @param client connected
 */
export function endSilentConnection(client: ClientBase, silenceMs: number): void {
  const open = client as unknown as OpenClient;
  const { stream } = open.connection;
  stream.setTimeout(silenceMs);
  // Not as the argument of setTimeout: that is called once only, and an idle connection hears nothing again and again.
  stream.on('timeout', () => {
    if (open.readyForQuery) return;
    const heardBytes = stream.bytesRead;
    // After a pause of this process the answer may be there and only unread: it is read before this runs.
    setImmediate(() => {
      if (stream.bytesRead === heardBytes) stream.destroy();
    });
  });
}
