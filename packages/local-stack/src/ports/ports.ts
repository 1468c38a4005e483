import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';

/** True if no process listens on the port and this process can. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  // macOS allows binding a specific address beside another process's wildcard, so a successful
  // listen is not enough.
  if (await isInUse(port, host)) return false;
  try {
    await close(await listen(port, host));
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns `count` different free ports. All are held until the last one is found, so they are
 * distinct.
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
