import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The response that a server wrote before the connection was closed. */
export interface RawExchange {
  status: number;
  /** The head with the status line. */
  head: string;
  body: string;
}

/** A TCP connection to the server of `url`, for requests that HTTP clients cannot send. */
export async function openRawSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the server has closed the connection, with or without a response. */
export async function readUntilClosed(socket: Socket): Promise<RawExchange> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that closes with unread data resets the connection.
  socket.on('error', () => undefined);
  if (!socket.closed) await once(socket, 'close');
  const text = Buffer.concat(chunks).toString('latin1');
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body };
}

/** Sends bytes on a new connection; add `Connection: close` if the server would keep it open. */
export async function exchangeRaw(url: string, bytes: string | Buffer): Promise<RawExchange> {
  const socket = await openRawSocket(url);
  const response = readUntilClosed(socket);
  socket.write(bytes);
  return response;
}
