import { type ErrorCode, errorRegistry } from '@shop/kit/errors';
import type { DocumentedRoute } from './route';

/** Every failure that a route can answer with, by HTTP status. */
export function failuresByStatus(route: DocumentedRoute): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...route.failures, ...impliedFailures(route)])) {
    const { httpStatus } = errorRegistry[code];
    byStatus.set(httpStatus, [...(byStatus.get(httpStatus) ?? []), code]);
  }
  return new Map([...byStatus].sort(([one], [other]) => one - other));
}

function impliedFailures(route: DocumentedRoute): ErrorCode[] {
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
