import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import { isJsonObject } from '../execution/json-object';
import { idOfBody } from './operation-id';
import type { PersistedOperations } from './persisted-operations';

/** The members of a GraphQL request that identify a persisted operation. */
interface Parameters {
  query?: unknown;
  documentId?: unknown;
  extensions?: unknown;
}

/**
 * The ID of the persisted operation of a request: `documentId` of GraphQL over HTTP
 * (https://github.com/graphql/graphql-over-http, appendix A) or `extensions.persistedQuery` of
 * Apollo's clients. A request that also contains the document registers it.
 *
 * @throws GraphQLError BAD_REQUEST, 400; Apollo Server reports some of these as internal errors
 */
export function readPersistedId(request: FastifyRequest): string | undefined {
  const { query, documentId, extensions } = parametersOf(request);
  const [ofDocument, ofExtension] = [idOfDocument(documentId), idOfExtension(extensions)];
  if (ofDocument !== undefined && ofExtension !== undefined && ofDocument !== ofExtension)
    throw malformed('documentId and extensions.persistedQuery name different operations: send one of them.');
  const id = ofDocument ?? ofExtension;
  if (id !== undefined && typeof query === 'string' && query !== '' && idOfBody(query) !== id)
    throw malformed(
      `The id ${shown(id)} is not the SHA-256 of the query, ${idOfBody(query)}: send that, or the id alone.`,
    );
  return id;
}

function parametersOf({ method, body, query }: FastifyRequest): Parameters {
  if (method !== 'GET') return isJsonObject(body) ? body : {};
  const parameters = query as Record<string, unknown>;
  return { ...parameters, extensions: parsedJson(parameters['extensions']) };
}

/** Apollo Server rejects invalid JSON later. */
function parsedJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

const sha256 = /^[0-9a-f]{64}$/;
const ownPrefix = /^x-[\w.~-]+:[\w.~-]+$/;
const custom = /^[\w.~-]+$/;

function idOfDocument(documentId: unknown): string | undefined {
  if (documentId === undefined || documentId === null || documentId === '') return undefined;
  if (typeof documentId !== 'string')
    throw malformed(`documentId must be a string, not ${shown(documentId)}.`);
  if (custom.test(documentId) || ownPrefix.test(documentId)) return documentId;
  const [prefix, payload = ''] = documentId.split(/:(.*)/s);
  if (prefix === 'sha256' && sha256.test(payload)) return payload;
  throw malformed(
    `documentId must be sha256: and 64 hexadecimal digits in lower case, or an id of letters, digits and -._~, not ${shown(documentId)}.`,
  );
}

function idOfExtension(extensions: unknown): string | undefined {
  const persistedQuery = isJsonObject(extensions) ? extensions['persistedQuery'] : undefined;
  if (persistedQuery === undefined || persistedQuery === null) return undefined;
  if (!isJsonObject(persistedQuery))
    throw malformed(`extensions.persistedQuery must be an object, not ${shown(persistedQuery)}.`);
  const { version, sha256Hash } = persistedQuery;
  if (version !== 1) throw malformed(`extensions.persistedQuery.version must be 1, not ${shown(version)}.`);
  if (typeof sha256Hash !== 'string' || sha256Hash === '')
    throw malformed(`extensions.persistedQuery.sha256Hash must be a string, not ${shown(sha256Hash)}.`);
  return sha256Hash;
}

const longestShown = 100;

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'left out').slice(0, longestShown);
}

function malformed(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}

/** The header in which Apollo's clients send their name. */
export const clientNameHeader = 'apollographql-client-name';

/**
 * Replaces the ID of a listed operation by its document. Other IDs, `documentId` included, are passed
 * to Apollo Server as automatic persisted queries.
 */
export function resolvePersistedId({ bodyOf }: PersistedOperations): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart({ request, contextValue: { persistedId: id } }) {
      if (id !== undefined) resolve(request, id);
    },
  };

  function resolve(request: GraphQLRequest, id: string): void {
    const body = request.query ? undefined : bodyOf(id, request.http?.headers.get(clientNameHeader));
    if (body !== undefined) request.query = body;
    const persistedQuery = body === undefined ? { version: 1, sha256Hash: id } : undefined;
    request.extensions = { ...request.extensions, persistedQuery };
  }
}
