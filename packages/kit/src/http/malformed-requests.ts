import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors';
import { decodeUtf8 } from '../text';

/** Node uses the first of two headers; a proxy may use the other one. */
const singleHeaders: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type']);

/**
 * Rejects, before the body is read, requests that another server could interpret differently:
 * repeated Host headers, a URL or charset that is not UTF-8, a compressed body. Runs after all
 * `onRequest` hooks, so that quotas and CORS apply.
 */
export function rejectMalformedRequests(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const error = findHeaderError(request.raw) ?? findAddressError(request.url) ?? findBodyError(request.raw);
    done(error, payload);
  });
}

function findHeaderError({ rawHeaders, headers, httpVersion }: IncomingMessage): AppError | undefined {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!singleHeaders.has(name)) continue;
    if (seen.has(name)) return badRequest(`The request has more than one ${name} header: send one.`);
    seen.add(name);
  }
  const { host } = headers;
  if (host === undefined && httpVersion === '1.0') return undefined;
  if (host === undefined) return badRequest('The request has no Host header: send one.');
  const isHost = /^[^\s/?#@\\]+$/.test(host) && URL.canParse(`http://${host}`);
  return isHost ? undefined : badRequest('The Host header is not a host name with an optional port.');
}

/** Node rejects bytes that are not ASCII, the router an invalid path; neither checks the query. */
function findAddressError(url: string): AppError | undefined {
  if (!url.includes('%')) return undefined;
  try {
    decodeURIComponent(url);
    return undefined;
  } catch {
    return badRequest('The URL is not percent-encoded UTF-8.');
  }
}

function findBodyError({ headers }: IncomingMessage): AppError | undefined {
  const transferEncoding = headers['transfer-encoding'];
  if (transferEncoding === undefined && (headers['content-length'] ?? '0') === '0') return undefined;
  if (transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked')
    return badRequest('Transfer-Encoding must be chunked.');
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    return new AppError(
      'unsupported_media_type',
      'The body has a Content-Encoding: send it uncompressed, without that header.',
    );
  }
  const charsets = (headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^";]*)"?/gi);
  const isUtf8 = [...charsets].every(([, charset = '']) => /^utf-?8$/i.test(charset.trim()));
  return isUtf8
    ? undefined
    : badRequest('The body must be UTF-8, but its Content-Type declares another charset.');
}

function badRequest(message: string): AppError {
  return new AppError('bad_request', message);
}

/** Fastify's parsers decode invalid UTF-8 to U+FFFD, which makes different passwords equal. */
export function readBodiesAsUtf8(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) =>
    parseJson(request, utf8Body(bytes as Buffer), done),
  );
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, bytes, done) =>
    done(null, utf8Body(bytes as Buffer)),
  );
}

/** @throws AppError bad_request for bytes that are not UTF-8 */
export function utf8Body(bytes: Buffer): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new AppError('bad_request', 'The body is not valid UTF-8.');
  return text;
}
