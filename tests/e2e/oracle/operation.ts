import type { Fault } from './recorded-subgraphs';

/** Whose access token is sent: `visitor` sends none, `forged` one that is not valid. */
export type Viewer = 'customer' | 'other' | 'admin' | 'visitor' | 'forged';

/** An operation that both gateways execute. */
export interface Operation {
  query: string;
  /** Variables that the document declares and that are not given here have the value of the fixture. */
  variables?: Record<string, unknown>;
  operationName?: string;
  /** Default: customer. */
  viewer?: Viewer;
  fault?: Fault;
}
