import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors';
import { decodeUtf8 } from '../text';

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
