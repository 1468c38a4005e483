import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import {
  bearerToken,
  type ClockSkew,
  createServiceCredentialVerifier,
  createTokenVerifier,
  type PublicKeys,
  remoteJwks,
  requestBeganHeader,
  type RevokedSessions,
  tokenEvaluatedAtMs,
  type Viewer,
} from '../auth';
import type { ServiceEnvironment } from '../config';
import { deadlineOfHeader, requestTimeoutHeader, timeLeftMs } from '../deadline';
import { AppError, graphqlCodeOf } from '../errors';
import { httpStatusOf } from '../http/unexpected-errors';
import type { Logger } from '../logger';
import { runWithRequestContext } from '../request-context';

/** A route handler that runs only for callers with a valid service credential. */
export type AuthenticatedRoute = (
  request: FastifyRequest,
  reply: FastifyReply,
  context: SubgraphContext,
) => Promise<unknown>;

/**
 * Wraps handlers to require a service credential for `service`, else 401. Also verifies the user's
 * access token, the only source of the user's identity.
 */
export function createAuthentication(options: {
  service: string;
  environment: ServiceEnvironment;
  roles: readonly string[];
  /** Default: the keys at JWKS_URL. */
  publicKeys?: PublicKeys | undefined;
  revokedSessions: RevokedSessions;
  logger: Logger;
}) {
  const {
    service,
    environment,
    roles,
    publicKeys = remoteJwks(environment.JWKS_URL),
    revokedSessions,
    logger,
  } = options;
  const credentials = createServiceCredentialVerifier({
    service,
    trustFile: environment.SERVICE_TRUST_FILE,
    onClockSkew: createClockLog(logger),
  });
  const tokens = createTokenVerifier({
    keys: publicKeys,
    issuer: environment.JWT_ISSUER,
    audience: environment.JWT_AUDIENCE,
    roles,
    revokedSessions,
  });

  async function identify(request: FastifyRequest): Promise<SubgraphContext> {
    const caller = await credentials.callerOf(bearerToken(request.headers['x-service-authorization']));
    if (!caller)
      throw new AppError('unauthenticated', 'A service credential is required: this endpoint is internal.');
    request.callingService = caller;
    const evaluatedAtMs = tokenEvaluatedAtMs(request.headers[requestBeganHeader]);
    return {
      caller,
      viewer: await tokens.verify(bearerToken(request.headers.authorization), evaluatedAtMs),
      answer: { replayed: false },
      client: {
        address: singleHeader(request, 'x-client-address'),
        userAgent: singleHeader(request, 'x-client-user-agent'),
      },
    };
  }

  return (route: AuthenticatedRoute) => async (request: FastifyRequest, reply: FastifyReply) => {
    let context: SubgraphContext;
    try {
      context = await identify(request);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return reject(reply, error.code, error.message);
    }
    // Only for an authenticated service, because a deadline can cause a rejection.
    return withDeadline(request, async () => {
      if (timeLeftMs() > 0) return route(request, reply, context);
      return reject(reply, 'upstream_unavailable', 'The deadline passed before the request started.');
    });
  };
}

function withDeadline<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  const deadlineMs = deadlineOfHeader(request.headers[requestTimeoutHeader]);
  if (deadlineMs === undefined) return work();
  return runWithRequestContext({ requestId: request.id, deadlineMs }, work);
}

function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function reject(reply: FastifyReply, code: string, message: string) {
  const extensions = { code: graphqlCodeOf(code) };
  return reply.code(httpStatusOf(code)).send({ errors: [{ message, extensions }] });
}

/** The context of every resolver; each subgraph extends it. */
export interface SubgraphContext {
  /** The calling service according to its credential, for example `gateway`. */
  caller: string;
  /** The user according to the access token. */
  viewer: Viewer;
  /** Properties of the whole response, sent as headers. */
  answer: {
    /** The response is the stored one of an idempotency key. */
    replayed: boolean;
  };
  /** The client as seen by the gateway; for sessions and throttling, never for identity. */
  client: { address: string | undefined; userAgent: string | undefined };
}

/**
 * Restricts an internal operation to `callers`. Never include the gateway, because it forwards
 * requests of clients.
 *
 * @throws AppError forbidden
 */
export function requireService(context: SubgraphContext, callers: readonly string[]): void {
  if (!callers.includes(context.caller)) {
    throw new AppError(
      'forbidden',
      'This operation is internal: the calling service is not allowed to use it.',
    );
  }
}

const pauseMs = 60_000;

/**
 * Logs clock skew, at most once a minute per caller. If a service logs it for all callers, its own
 * clock is wrong; if all services log it for one caller, that caller's clock is wrong.
 */
function createClockLog(logger: Logger): (skew: ClockSkew) => void {
  const logged = new LRUCache<string, true>({ max: 100, ttl: pauseMs });
  return ({ caller, aheadSeconds }) => {
    if (logged.has(caller)) return;
    logged.set(caller, true);
    logger.error('clock skew: the credential of a caller was rejected', {
      caller,
      aheadSeconds,
      clock: new Date(),
    });
  };
}
