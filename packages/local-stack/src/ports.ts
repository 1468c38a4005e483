import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import getPort from 'get-port';

/** Different free ports; they are not returned again within 15 s. */
export function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => getPort({ host })));
}

/** True if no process listens on the port and this process can. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  // macOS allows binding a specific address while another process listens on the wildcard address, so a successful
  // listen is not enough.
  const socket = connect({ port, host });
  const isInUse = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (isInUse) return false;
  const server = createServer().listen({ port, host, exclusive: true });
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  await new Promise((resolve) => server.close(resolve));
  return isFree;
}
