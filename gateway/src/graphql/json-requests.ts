import { type GraphQLRequest, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from '../context';
import { isJsonObject } from '../execution/json-object';
import { clientNameHeader } from '../persisted/persisted-id';
import type { GraphqlServer } from './graphql-server';

const json = 'application/json; charset=utf-8';
const graphqlResponse = 'application/graphql-response+json; charset=utf-8';

/** The content type of the response by the Accept header, as Apollo Server negotiates it. */
export const contentTypes: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, json],
  ['*/*', json],
  ['application/json', json],
  ['application/json, text/plain, */*', json],
  ['application/graphql-response+json,application/json;q=0.9', graphqlResponse],
  ['application/graphql-response+json, application/json;q=0.9', graphqlResponse],
  ['application/graphql-response+json', graphqlResponse],
]);

/**
 * Executes a POST request with JSON without Apollo Server's HTTP layer, whose content negotiation
 * and copies of headers take a third of the time of a small operation.
 *
 * @returns undefined if Apollo Server's HTTP layer must handle the request: GET, an Accept header
 * that is not listed, or a body that it rejects
 */
export function executeJsonRequest(
  server: GraphqlServer,
  request: FastifyRequest,
  reply: FastifyReply,
  createContext: () => GatewayContext,
): Promise<string> | undefined {
  if (request.method !== 'POST' || !isJson(request.headers['content-type'])) return undefined;
  const contentType = contentTypes.get(request.headers.accept);
  const graphqlRequest = contentType === undefined ? undefined : readBody(request);
  if (contentType === undefined || !graphqlRequest) return undefined;
  let contextValue: GatewayContext;
  try {
    contextValue = createContext();
  } catch {
    // Apollo Server creates it again, and responds with the error.
    return undefined;
  }
  return respond(server, { graphqlRequest, contextValue }, reply, contentType);
}

async function respond(
  server: GraphqlServer,
  { graphqlRequest, contextValue }: { graphqlRequest: GraphQLRequest; contextValue: GatewayContext },
  reply: FastifyReply,
  contentType: string,
): Promise<string> {
  const { status, headers, result } = await server.run(graphqlRequest, contextValue);
  void reply.header('content-type', contentType);
  for (const [name, value] of headers) void reply.header(name, value);
  void reply.code(status);
  const { errors, data, extensions } = result;
  return JSON.stringify({ errors, data, extensions });
}

/** A request of another type may need no preflight, so Apollo Server must check it. */
function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || contentType?.startsWith('application/json;') === true;
}

/** @returns undefined for a body that Apollo Server rejects */
function readBody({ body, headers }: FastifyRequest): GraphQLRequest | undefined {
  if (!isJsonObject(body)) return undefined;
  const { query, operationName, variables, extensions, documentId } = body;
  if (!isOptionalString(query) || !isOptionalString(operationName)) return undefined;
  if (!isOptionalRecord(variables) || !isOptionalRecord(extensions)) return undefined;
  if (typeof query !== 'string' && !extensions && !documentId) return undefined;
  return {
    ...(typeof query === 'string' ? { query } : {}),
    ...(typeof operationName === 'string' ? { operationName } : {}),
    ...(variables ? { variables } : {}),
    ...(extensions ? { extensions } : {}),
    http: { method: 'POST', headers: headersForPlugins(headers), search: '', body },
  };
}

const noHeaders = new HeaderMap();

function headersForPlugins({ [clientNameHeader]: name }: FastifyRequest['headers']): HeaderMap {
  return typeof name === 'string' ? new HeaderMap([[clientNameHeader, name]]) : noHeaders;
}

function isOptionalString(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isOptionalRecord(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || isJsonObject(value);
}
