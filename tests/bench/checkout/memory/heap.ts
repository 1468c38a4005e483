/**
 * Heap used by a Node process, in MB, after two forced collections.
 *
 * @param port of its inspector
 */
export async function usedHeapMb(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  if (!target) throw new Error(`The inspector on port ${port} has no target.`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  try {
    await untilOpen(socket);
    // The second collection frees objects that finalizers of the first one have released.
    for (let collection = 0; collection < 2; collection += 1)
      await call(socket, 'HeapProfiler.collectGarbage');
    const { usedSize } = await call<{ usedSize: number }>(socket, 'Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  } finally {
    socket.close();
  }
}

function untilOpen(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`cannot connect to ${socket.url}`)));
  });
}

let lastCall = 0;

/** A method of the Chrome DevTools Protocol without parameters. */
function call<Result>(socket: WebSocket, method: string): Promise<Result> {
  const id = (lastCall += 1);
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent) => {
      const response = JSON.parse(String(data)) as {
        id?: number;
        result: Result;
        error?: { message: string };
      };
      // Events have no id.
      if (response.id !== id) return;
      socket.removeEventListener('message', onMessage);
      if (response.error) reject(new Error(`${method}: ${response.error.message}`));
      else resolve(response.result);
    };
    socket.addEventListener('message', onMessage);
    socket.send(JSON.stringify({ id, method }));
  });
}
