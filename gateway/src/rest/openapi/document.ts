import { stringify } from 'yaml';
import type { Access, DocumentedRoute } from '../http/route';
import { problemTypes } from '../shapes/problem-types';
import { componentSchemas, type JsonSchema, referenceTo } from './component-schemas';
import { parametersOf } from './parameters';
import { responsesOf } from './responses';

const accessTexts: Readonly<Record<Access, string>> = {
  anyone: 'For anyone.',
  signed_in: 'For any logged-in user.',
  owner: 'For its owner and an ADMIN; for other users it does not exist.',
  admin: 'For an ADMIN.',
};

const overview = `Money is integer cents plus an ISO 4217 currency; times are RFC 3339 UTC; ids are UUIDs. A body is read as JSON whatever its
Content-Type says; it is UTF-8 (400 otherwise, also for another declared charset) and has no Content-Encoding (415). A request that does not arrive in time returns 408, headers that are too large return 431. Every failure is application/problem+json (RFC 9457); every response carries x-request-id; RateLimit and RateLimit-Policy state how many requests remain. The same shop as one graph: /graphql.`;

/** The OpenAPI 3.1 document of the routes; a plain object, ready for JSON or YAML. */
export function openapiDocument(routes: readonly DocumentedRoute[]) {
  return {
    openapi: '3.1.0',
    info: { title: 'Supergraph shop', version: '1', description: overview },
    servers: [{ url: '/' }],
    tags: ['auth', 'me', 'products', 'orders', 'payments'].map((name) => ({ name })),
    paths: pathsOf(routes),
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: componentSchemas(),
    },
    'x-problem-codes': Object.fromEntries(
      Object.entries(problemTypes).map(([code, { title, status, meaning }]) => [
        code,
        { title, status, meaning },
      ]),
    ),
  };
}

export function openapiYaml(document: object): string {
  // Many readers of OpenAPI do not resolve YAML anchors.
  return stringify(document, { aliasDuplicateObjects: false });
}

/** `/v1/orders/:id` as OpenAPI writes it: `/v1/orders/{id}`. */
export function openapiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathsOf(routes: readonly DocumentedRoute[]): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const route of routes) {
    const path = openapiPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

function operationOf(route: DocumentedRoute): JsonSchema {
  const parameters = parametersOf(route);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, accessTexts[route.access]].filter(Boolean).join(' '),
    ...(route.access === 'anyone' ? {} : { security: [{ accessToken: [] }] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route.body, route.bodyIsOptional) } : {}),
    ...(route.takesBytes ? { requestBody: { required: true, content: { '*/*': {} } } } : {}),
    responses: responsesOf(route),
  };
}

function requestBody(body: NonNullable<DocumentedRoute['body']>, isOptional = false): JsonSchema {
  return { required: !isOptional, content: { 'application/json': { schema: referenceTo(body) } } };
}
