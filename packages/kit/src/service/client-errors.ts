import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionError } from 'fastify';
import { type ErrorCode, errorRegistry } from '../errors';

/**
 * Fastify's `clientErrorHandler`. A request that Node's HTTP parser rejects, or that times out,
 * reaches no route and no hook. Responds with problem+json (RFC 9457) and closes the connection.
 */
export function sendClientError(error: ConnectionError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawProblem(...describeClientError(error)));
  socket.destroy(error);
}

/** CONNECT and unknown Expect: without listeners, Node closes or responds without a body. */
export function answerUnparsedRequests(server: Server): void {
  server.on('connect', (_request, socket: Duplex) => {
    socket.end(rawProblem('bad_request', 'CONNECT is not supported: this server is not a proxy.'));
  });
  // RFC 9110, section 10.1.1: an unknown expectation may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function describeClientError({ code, reason }: ConnectionError & { reason?: string }): [ErrorCode, string] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['request_timeout', 'The request did not arrive within the time limit: send it again.'];
    case 'HPE_HEADER_OVERFLOW':
      return ['headers_too_large', 'The request line and headers together are larger than 16384 bytes.'];
    default:
      return ['bad_request', `The request is not valid HTTP/1.1${reason ? `: ${reason}` : ''}.`];
  }
}

function rawProblem(code: ErrorCode, detail: string): string {
  const { httpStatus: status, title } = errorRegistry[code];
  const requestId = randomUUID();
  const body = JSON.stringify({
    type: `/docs#${code}`,
    ...{ title, status, detail, code },
    request_id: requestId,
  });
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
