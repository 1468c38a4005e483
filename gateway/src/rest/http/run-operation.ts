import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { graphqlCodeOf } from '@shop/kit/errors';
import { operationText } from '@shop/kit/operation-text';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../../context';
import type { GraphqlServer } from '../../graphql/graphql-server';
import { problemOfErrors } from './problem';

/** Read live from the payment provider; null means "not known at the moment". */
const optionalField = 'nextAction';

/**
 * Runs one of the facade's operations in this process, through the same gateway as /graphql.
 *
 * @throws RestProblem when the operation has an error, except that `nextAction` is unavailable: then it is null
 */
export async function runOperation<Data, Variables>(
  server: GraphqlServer,
  contextValue: GatewayContext,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const request = { query: operationText(document), variables: variables as Record<string, unknown> };
  const { data, errors } = (await server.run(request, contextValue)).result;
  const failures = errors?.filter((error) => !isOfOptionalField(error)) ?? [];
  if (failures.length > 0) throw problemOfErrors(failures);
  return data as Data;
}

function isOfOptionalField({ path, extensions }: GraphQLFormattedError): boolean {
  const isUnavailable = extensions?.['code'] === graphqlCodeOf('upstream_unavailable');
  return isUnavailable && path?.at(-1) === optionalField;
}
