import type { SubgraphContext } from '@shop/kit/service';
import { create__Entity__Loaders, type __Entity__Loaders } from './__entity__/__entity__.loaders';
import type { __Entity__Service } from './__entity__/__entity__.service';
import type { __Name__Services } from './services';

/** The context of the resolvers of this subgraph. */
export interface __Name__Context extends SubgraphContext {
  __table__: __Entity__Service;
  /** Of this request. */
  loaders: __Entity__Loaders;
}

export function createContext(services: __Name__Services): (request: SubgraphContext) => __Name__Context {
  const { __entity__Rows, __table__ } = services;
  return (request) => ({ ...request, __table__, loaders: create__Entity__Loaders(__entity__Rows) });
}
