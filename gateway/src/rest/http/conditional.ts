import { isKnown } from '../../http/entity-tag';
import type { RestResponse } from './route';

/** The response, or 304 without a body if If-None-Match names its ETag. */
export function unlessKnown(
  ifNoneMatch: string | undefined,
  response: RestResponse & { headers: { etag: string } },
): RestResponse {
  if (!isKnown(ifNoneMatch, response.headers.etag)) return response;
  return { status: 304, headers: response.headers };
}
