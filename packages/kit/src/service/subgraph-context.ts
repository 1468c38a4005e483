import type { Viewer } from '../auth';

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
