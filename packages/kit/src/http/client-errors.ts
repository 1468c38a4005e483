import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionError } from 'fastify';
import type { GenericCode } from '../errors';
import { counter } from '../metrics/registry';

/** By connection: the unfinished responses and the response to the last request. */
const responsesOn = new WeakMap<Duplex, ServerResponse[]>();

/**
 * For Fastify's `clientErrorHandler`: a request that Node's HTTP parser rejects, or that timed out,
 * reaches no route or hook. Responds with problem+json (RFC 9457) and closes the connection. If a
 * response has started, it only closes the connection: a client could read a second response as
 * part of the first.
 */
export function sendClientError(error: ConnectionError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const rejection = describeClientError(error);
  rejections.inc({ status: String(rejection.status) });
  if (socket.writable && !hasStartedResponse(socket)) socket.write(rawProblem(rejection));
  socket.destroy(error);
}

/** For `sendClientError`: tracks the responses of each connection. */
export function trackResponses(server: Server): void {
  server.prependListener('request', ({ socket }, response) => {
    const unfinished = responsesOn.get(socket)?.filter((response) => !response.writableFinished) ?? [];
    responsesOn.set(socket, [...unfinished, response]);
  });
}

function hasStartedResponse(socket: Duplex): boolean {
  // A response that was finished before its request had arrived belongs to the rejected request.
  const isFinished = ({ writableFinished, req }: ServerResponse) => writableFinished && req.complete;
  return responsesOn.get(socket)?.some((response) => response.headersSent && !isFinished(response)) ?? false;
}

const rejections = counter({
  name: 'http_server_unparsed_requests_total',
  help: 'Requests that reached no route: not valid HTTP or CONNECT (400), too slow (408) or with too large headers (431).',
  labels: { status: ['400', '408', '431'] },
});

const refusedConnections = counter({
  name: 'http_server_refused_connections_total',
  help: 'Connections that were closed when they were accepted, because HTTP_MAX_CONNECTIONS were open.',
});

/**
 * Node emits events for these requests; without a listener it closes the connection, or responds
 * without a body.
 */
export function respondToUnparsedRequests(server: Server): void {
  server.on('connect', (_request, socket: Duplex) => {
    const detail = 'CONNECT is not supported: this server is not a proxy.';
    rejections.inc({ status: '400' });
    socket.end(rawProblem({ status: 400, code: 'bad_request', detail }));
  });
  server.on('drop', () => refusedConnections.inc());
  // RFC 9110, section 10.1.1: an unknown expectation may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

interface Rejection {
  status: 400 | 408 | 431;
  code: GenericCode;
  detail: string;
}

function describeClientError({ code, reason }: ConnectionError & { reason?: string }): Rejection {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const detail = 'The request did not arrive within the time limit: send it again.';
      return { status: 408, code: 'request_timeout', detail };
    }
    case 'HPE_HEADER_OVERFLOW': {
      const detail = 'The request line and headers together are larger than 16384 bytes.';
      return { status: 431, code: 'headers_too_large', detail };
    }
    default: {
      const detail = `The request is not valid HTTP/1.1${reason ? `: ${reason}` : ''}.`;
      return { status: 400, code: 'bad_request', detail };
    }
  }
}

/** Its title is the phrase of the status in sentence case. */
function rawProblem({ status, code, detail }: Rejection): string {
  const title = STATUS_CODES[status]!.replace(/(?<!^)[A-Z]/g, (letter) => letter.toLowerCase());
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
