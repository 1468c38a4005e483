import { failuresByStatus } from '../failures';
import { type ProblemCode, problemTypes } from '../problem-types';
import type { AnswerDefinition, DocumentedRoute } from '../route';
import { worthRetrying } from '../send-problem';
import { problemDocument } from '../shapes/problem';
import { type JsonSchema, referenceTo } from './component-schemas';
import { answerHeaders } from './headers';

/** Every answer of a route by its status: successes as defined, failures from `problemTypes`. */
export function responsesOf(route: DocumentedRoute): Record<string, JsonSchema> {
  const successes = Object.entries(route.answers).map(([status, answer]) => [status, success(answer, route)]);
  const failures = [...failuresByStatus(route)].map(([status, codes]) => [status, failure(codes)]);
  return Object.fromEntries([...successes, ...failures]) as Record<string, JsonSchema>;
}

function success({ description, body, headers = [] }: AnswerDefinition, route: DocumentedRoute): JsonSchema {
  const texts = headers.map((header) => answerHeaders[header]);
  if (route.idempotencyKey === 'replayed') {
    const again =
      route.access === 'anyone'
        ? 'the account of the first request, with new tokens'
        : 'the first answer again';
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
