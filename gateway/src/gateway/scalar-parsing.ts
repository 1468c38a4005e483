import { customScalars } from '@shop/kit/scalars';
import { type GraphQLSchema, isScalarType } from 'graphql';

/**
 * Gives the custom scalars of a schema the parsing of the subgraphs. A schema that is built from a supergraph's text takes any value for
 * them, so that a literal was refused by the subgraph only: a validation error there, which for the gateway is a fault of ours.
 * Changes the schema in place: ApolloGateway checks variables against the very same object.
 */
export function parseCustomScalars(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of Object.values(customScalars)) {
    const scalar = schema.getType(name);
    if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral });
  }
}
