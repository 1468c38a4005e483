import type { Observed } from '../observe';
import type { Fixture } from '../fixture';

/** The response name of its root field is `result`. */
export interface GraphqlRequest extends Observed {
  query: string;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** One reference to an entity, and the selection of the `_entities` query. */
export interface EntityRequest extends Observed {
  representation: { __typename: string } & Record<string, unknown>;
  selection: string;
}

/** The name of the row has the method, and the path unless that has a parameter or a query. */
export interface HttpRequest extends Observed {
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Requests by row. Called once for each cell, so that a request that changes data has its own. */
export type Requests<Row extends string, Request> = Readonly<
  Record<Row, (fixture: Fixture) => Request | Promise<Request>>
>;

/** Infers the names of the rows, so that the type of a matrix requires exactly these. */
export function defineRequests<Request>() {
  return <Row extends string>(requests: Requests<Row, Request>): Requests<Row, Request> => requests;
}
