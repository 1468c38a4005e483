import type { ApolloServer } from '@apollo/server';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { operationText } from '@shop/kit/operation-text';
import type { GatewayContext } from '../context';
import { problemOfErrors } from './problem';

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
    { query: operationText(document), variables: variables as Record<string, unknown> },
    { contextValue },
  );
  if (body.kind !== 'single') throw new Error('The facade has no operation that is delivered in parts.');
  const { data, errors } = body.singleResult;
  if (errors && errors.length > 0) throw problemOfErrors(errors);
  return data as Data;
}
