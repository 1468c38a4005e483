import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';

/** True when nothing listens on the port and we could. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  // macOS lets us bind a specific address beside somebody's wildcard, so being able to listen is
  // not enough.
  if (await isInUse(port, host)) return false;
  try {
    await close(await listen(port, host));
    return true;
  } catch {
    return false;
  }
}

/**
 * As many different free ports as asked for. All are held until the last one is found, so none
 * comes twice.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0, host)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map(close));
  return ports;
}

async function isInUse(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
