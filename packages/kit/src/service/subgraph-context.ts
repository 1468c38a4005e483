import type { Viewer } from '../auth';

/** What every resolver of every subgraph gets; a subgraph's own context extends it. */
export interface SubgraphContext {
  /** The calling service, proven by its credential, for example `gateway`. */
  caller: string;
  /** The person, proven by their access token. */
  viewer: Viewer;
  /** What resolvers tell about the answer as a whole; becomes a header of the answer. */
  answer: {
    /** An idempotency key found its first answer: nothing was done again. */
    replayed: boolean;
  };
  /** As the gateway saw the client; for sessions and throttling, never for identity. */
  client: { address: string | undefined; userAgent: string | undefined };
}
