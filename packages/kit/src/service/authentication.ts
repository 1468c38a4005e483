import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  bearerToken,
  createServiceCredentialVerifier,
  createTokenVerifier,
  type PublicKeys,
  remoteJwks,
  requestBeganHeader,
  type RevokedSessions,
  tokenEvaluatedAtMs,
} from '../auth';
import type { ServiceEnvironment } from '../config';
import { deadlineOfHeader, requestTimeoutHeader, timeLeftMs } from '../deadline';
import { AppError, errorRegistry, type ErrorCode } from '../errors';
import type { Logger } from '../logger';
import { runWithRequestContext } from '../request-context';
import { createClockLog } from './clock-log';
import type { SubgraphContext } from './subgraph-context';

/** A route handler that runs only for callers with a valid service credential. */
export type AuthenticatedRoute = (
  request: FastifyRequest,
  reply: FastifyReply,
  context: SubgraphContext,
) => Promise<unknown>;

/**
 * Wraps handlers so that reaching the port is not enough: without a service credential for `service` the answer is 401.
 * The person's token is verified here too; no other header says who somebody is.
 */
export function createAuthentication(options: {
  service: string;
  environment: ServiceEnvironment;
  /** The keys at JWKS_URL when left out. */
  publicKeys?: PublicKeys | undefined;
  revokedSessions: RevokedSessions;
  logger: Logger;
}) {
  const {
    service,
    environment,
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
    revokedSessions,
  });

  async function identify(request: FastifyRequest): Promise<SubgraphContext> {
    const caller = await credentials.callerOf(bearerToken(request.headers['x-service-authorization']));
    if (!caller) throw new AppError('unauthenticated', 'This address answers services of the platform only.');
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
      return refuse(reply, error.code, error.message);
    }
    // Not before the caller is known: whoever may say how long they wait may have requests refused as late.
    return withDeadline(request, async () => {
      if (timeLeftMs() > 0) return route(request, reply, context);
      return refuse(reply, 'upstream_unavailable', 'The time for this was up before it could begin.');
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

function refuse(reply: FastifyReply, code: ErrorCode, message: string) {
  const { httpStatus, graphqlCode } = errorRegistry[code];
  return reply.code(httpStatus).send({ errors: [{ message, extensions: { code: graphqlCode } }] });
}
