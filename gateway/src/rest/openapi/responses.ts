import { worthRetrying } from '../http/problem';
import type { ResponseDefinition, DocumentedRoute } from '../http/route';
import { problemDocument } from '../shapes/problem';
import { type ProblemCode, problemTypes } from '../shapes/problem-types';
import { type JsonSchema, referenceTo } from './component-schemas';
import { responseHeaders } from './parameters';

/** Every response of a route by its status: successes as defined, failures from `problemTypes`. */
export function responsesOf(route: DocumentedRoute): Record<string, JsonSchema> {
  const successes = Object.entries(route.responses).map(([status, response]) => [
    status,
    success(response, route),
  ]);
  const failures = [...failuresByStatus(route)].map(([status, codes]) => [status, failure(codes)]);
  return Object.fromEntries([...successes, ...failures]) as Record<string, JsonSchema>;
}

function success(
  { description, body, headers = [] }: ResponseDefinition,
  route: DocumentedRoute,
): JsonSchema {
  const texts = headers.map((header) => responseHeaders[header]);
  if (route.idempotencyKey === 'replayed') {
    const again =
      route.access === 'anyone'
        ? 'the account of the first request, with new tokens'
        : 'the first response again';
    texts.push({ name: 'Idempotent-Replayed', description: `true when this is ${again}.` });
  }
  return {
    description,
    ...headersOf(texts),
    ...(body ? { content: { 'application/json': { schema: referenceTo(body) } } } : {}),
  };
}

function failure(codes: readonly ProblemCode[]): JsonSchema {
  const retried = codes.some((code) => worthRetrying.has(code));
  const challenged = codes.some((code) => problemTypes[code].status === 401);
  return {
    description: codes.map((code) => `\`${code}\`: ${problemTypes[code].meaning}`).join('\n\n'),
    ...headersOf([
      ...(retried ? [{ name: 'Retry-After', description: 'Seconds to wait.' }] : []),
      ...(challenged ? [{ name: 'WWW-Authenticate', description: 'Bearer (RFC 6750).' }] : []),
    ]),
    content: {
      'application/problem+json': {
        schema: { ...referenceTo(problemDocument), properties: { code: { enum: codes } } },
      },
    },
  };
}

function headersOf(texts: readonly { name: string; description: string }[]): JsonSchema {
  if (texts.length === 0) return {};
  const headers = texts.map(({ name, description }) => [name, { description, schema: { type: 'string' } }]);
  return { headers: Object.fromEntries(headers) as JsonSchema };
}

/** Every failure that a route can return, by HTTP status. */
export function failuresByStatus(route: DocumentedRoute): ReadonlyMap<number, readonly ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...route.failures, ...impliedFailures(route)])) {
    const { status } = problemTypes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([one], [other]) => one - other));
}

function impliedFailures(route: DocumentedRoute): ProblemCode[] {
  return [
    'bad_request',
    ...(route.access === 'anyone' ? [] : (['unauthenticated'] as const)),
    ...(route.access === 'admin' ? (['forbidden'] as const) : []),
    ...(route.body || route.takesBytes ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(route.body ? (['invalid_input'] as const) : []),
    ...(route.idempotencyKey === 'replayed'
      ? (['idempotency_conflict', 'idempotency_in_progress'] as const)
      : []),
    'rate_limited',
    'internal',
    'upstream_unavailable',
  ];
}
