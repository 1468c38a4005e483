import type { z } from 'zod';
import type { DocumentedRoute } from '../route';
import { type JsonSchema, parameterSchema } from './component-schemas';
import { idempotencyKeyTexts, requestHeaders } from './headers';

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
    // Without a user there is nobody whose key it could be: docs/decisions/0031.
    const kind = idempotencyKey === 'replayed' && access === 'anyone' ? 'registered' : idempotencyKey;
    texts.push({ name: 'Idempotency-Key', description: idempotencyKeyTexts[kind] });
  }
  return texts.map((text) => ({ ...text, in: 'header', required: false, schema: { type: 'string' } }));
}
