import type { ApolloServer } from '@apollo/server';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, print } from 'graphql';
import type { GatewayContext } from '../context';
import { problemOfErrors } from './problem';

/** Printed once: Apollo Server takes text, and finds the parsed document and its plan by it. */
const printed = new WeakMap<DocumentNode, string>();

/**
 * Runs one of the facade's operations in this process, through the same gateway as /graphql.
 *
 * @throws RestProblem when the operation has an error: a REST answer is whole or it is a failure
 */
export async function runOperation<Data, Variables>(
  apollo: ApolloServer<GatewayContext>,
  contextValue: GatewayContext,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { body } = await apollo.executeOperation(
    { query: textOf(document), variables: variables as Record<string, unknown> },
    { contextValue },
  );
  if (body.kind !== 'single') throw new Error('The facade has no operation that is delivered in parts.');
  const { data, errors } = body.singleResult;
  if (errors && errors.length > 0) throw problemOfErrors(errors);
  return data as Data;
}

function textOf(document: DocumentNode): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}
