import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** graphql-js validates `subscription { __typename }` without a Subscription type, then throws. */
export function rootTypeRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `The schema has no ${node.operation} type: send a query or a mutation.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
