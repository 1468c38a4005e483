import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { z } from 'zod';
import type { ProblemCode } from '../shapes/problem-types';

/** Who may use a route, for the OpenAPI document. The subgraphs decide. */
export type Access = 'anyone' | 'signed_in' | 'owner' | 'admin';

/** @throws RestProblem for the operation's first error */
export type RunOperation = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Data>;

/** A request that has been read; its operation is run with the client's identity. */
export interface RestRequest<Query, Body> {
  /** `:id` of the path; empty where the path has none. */
  id: string;
  query: Query;
  body: Body;
  /** Returns the Link header of a page of this route. */
  readonly nextLink: (nextCursor: string | null) => { link?: string };
  readonly header: (name: RequestHeader) => string | undefined;
  idempotencyKey: string | undefined;
  readonly run: RunOperation;
}

export interface RestResponse {
  status: number;
  body?: object;
  headers?: Partial<Record<ResponseHeader, string>>;
}

export type RequestHeader = 'if-match' | 'if-none-match';
export type ResponseHeader = 'etag' | 'link' | 'location';

export interface ResponseDefinition {
  description: string;
  /** A named shape; left out for a response without a body. */
  body?: z.ZodType;
  headers?: readonly ResponseHeader[];
}

/** A route in the OpenAPI document. */
export interface DocumentedRoute<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With Fastify's `:name` for its parameters. */
  path: string;
  operationId: string;
  tag: 'auth' | 'me' | 'products' | 'orders' | 'payments';
  summary: string;
  description?: string;
  access: Access;
  query?: Query;
  /** A named shape. */
  body?: Body;
  /** The body may be left out; then it counts as `{}`. */
  bodyIsOptional?: boolean;
  /** Instead of JSON: the body is bytes of any type. */
  takesBytes?: boolean;
  headers?: readonly RequestHeader[];
  /** `ignored`: the header is accepted without effect. */
  idempotencyKey?: 'replayed' | 'ignored';
  responses: Readonly<Record<number, ResponseDefinition>>;
  /** Expected failures of this route; those that every route of its kind has are added by `openapi/responses.ts`. */
  failures: readonly ProblemCode[];
}

/** One route: what is validated, what is documented and what is done, in one place. */
export interface Route<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> extends DocumentedRoute<Query, Body> {
  handle(request: RestRequest<z.output<Query>, z.output<Body>>): Promise<RestResponse>;
}

export const noQuery = z.strictObject({});

/** Gives `handle` the types of the route's own query and body. */
export function defineRoute<
  Query extends z.ZodObject = typeof noQuery,
  Body extends z.ZodType = z.ZodUndefined,
>(route: Route<Query, Body>): Route {
  return route;
}
