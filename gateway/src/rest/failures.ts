import { type ProblemCode, problemTypes } from './problem-types';
import type { DocumentedRoute } from './route';

/** Every failure that a route can answer with, by HTTP status. */
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
