import { customScalars } from '@shop/kit/scalars';
import { type GraphQLSchema, isScalarType } from 'graphql';

/**
 * Sets the parsing functions of a schema's custom scalars to those of the subgraphs. A schema built
 * from SDL accepts any value for them; a subgraph would then reject the literal, which the gateway
 * reports as an internal error. Mutates the schema: ApolloGateway validates variables against the
 * same object.
 */
export function parseCustomScalars(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of Object.values(customScalars)) {
    const scalar = schema.getType(name);
    if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral });
  }
}
