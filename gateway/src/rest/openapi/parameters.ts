import type { z } from 'zod';
import type { ResponseHeader, DocumentedRoute, RequestHeader } from '../http/route';
import { type JsonSchema, parameterSchema } from './component-schemas';

/** Path, query and header parameters of a route. */
export function parametersOf(route: DocumentedRoute): JsonSchema[] {
  return [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
}

function pathParameters({ path }: DocumentedRoute): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: name === 'id' ? 'UUID; anything else is not found.' : 'Its name.',
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: DocumentedRoute): JsonSchema[] {
  return Object.entries(query?.shape ?? {}).map(([name, shape]) => {
    const { description, ...schema } = parameterSchema(shape as z.ZodType);
    return { name, in: 'query', required: false, ...(description ? { description } : {}), schema };
  });
}

function headerParameters({ headers = [], idempotencyKey, access }: DocumentedRoute): JsonSchema[] {
  const texts = headers.map((header) => requestHeaders[header]);
  if (idempotencyKey) {
    // Without a user, keys are unique among all registrations: docs/decisions/0031.
    const kind = idempotencyKey === 'replayed' && access === 'anyone' ? 'registered' : idempotencyKey;
    texts.push({ name: 'Idempotency-Key', description: idempotencyKeyTexts[kind] });
  }
  return texts.map((text) => ({ ...text, in: 'header', required: false, schema: { type: 'string' } }));
}

interface HeaderText {
  name: string;
  description: string;
}

export const requestHeaders: Readonly<Record<RequestHeader, HeaderText>> = {
  'if-match': {
    name: 'If-Match',
    description:
      'The ETag of the version that the change is made for: with another version by now, nothing changes and the response is 412.',
  },
  'if-none-match': {
    name: 'If-None-Match',
    description: 'ETags that the client has: with the same version the response is 304 without a body.',
  },
};

export const responseHeaders: Readonly<Record<ResponseHeader, HeaderText>> = {
  etag: {
    name: 'ETag',
    description:
      'The version of the response. That of a product consists of the version of the product and its stock: If-None-Match compares both, If-Match only the version, because orders change the stock and must not prevent an edit.',
  },
  link: { name: 'Link', description: 'The next page (rel="next"); missing on the last one.' },
  location: { name: 'Location', description: 'Where the new resource is.' },
};

export const idempotencyKeyTexts = {
  replayed:
    'The same key and the same request get the first response again, with Idempotent-Replayed: true. 1 to 128 printable ASCII characters, unique per user.',
  registered:
    'The same key, email and password log in to the account that the first request registered, with new tokens and Idempotent-Replayed: true. 1 to 128 printable ASCII characters, unique among all registrations.',
  ignored: 'Accepted without effect: responses of this route are not stored for a replay.',
} as const;
