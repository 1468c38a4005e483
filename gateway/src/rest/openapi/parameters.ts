import type { z } from 'zod';
import type { Route } from '../route';
import { type JsonSchema, parameterSchema } from './component-schemas';
import { idempotencyKeyTexts, requestHeaders } from './headers';

/** Path, query and header parameters of a route. */
export function parametersOf(route: Route): JsonSchema[] {
  return [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
}

function pathParameters({ path }: Route): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: 'UUID; anything else is not found.',
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): JsonSchema[] {
  return Object.entries(query?.shape ?? {}).map(([name, shape]) => {
    const { description, ...schema } = parameterSchema(shape as z.ZodType);
    return { name, in: 'query', required: false, ...(description ? { description } : {}), schema };
  });
}

function headerParameters({ headers = [], idempotencyKey }: Route): JsonSchema[] {
  const texts = headers.map((header) => requestHeaders[header]);
  if (idempotencyKey)
    texts.push({ name: 'Idempotency-Key', description: idempotencyKeyTexts[idempotencyKey] });
  return texts.map((text) => ({ ...text, in: 'header', required: false, schema: { type: 'string' } }));
}
