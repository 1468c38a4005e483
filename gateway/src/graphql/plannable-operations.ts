import { type DocumentNode, Kind, parse } from 'graphql';
import { idOfBody } from '../persisted/operation-id';
import type { PlannableOperation } from '../execution/execution-request';
import { hasIntrospection } from './introspection';

/** The operations of valid documents. */
export function operationsOfTexts(texts: Iterable<string>): PlannableOperation[] {
  return [...new Set(texts)].flatMap((text) =>
    operationsOf({ document: parse(text, { noLocation: true }), queryHash: idOfBody(text) }),
  );
}

/** Operations of a document, except those with introspection, which is not planned. */
export function operationsOf(source: { document: DocumentNode; queryHash: string }): PlannableOperation[] {
  const { document, queryHash } = source;
  return document.definitions.flatMap((operation) =>
    operation.kind === Kind.OPERATION_DEFINITION && !hasIntrospection(document, operation)
      ? [{ document, queryHash, operation }]
      : [],
  );
}
