/** An entity of another subgraph, from which the gateway reads its fields. */
export interface Reference {
  id: string;
}
