/** Names an entity that another subgraph owns; the gateway asks that one for its fields. */
export interface Reference {
  id: string;
}
