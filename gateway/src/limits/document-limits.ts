import { GraphQLError, type OperationDefinitionNode, type ValidationRule } from 'graphql';
import type { GatewaySettings } from '../config';
import { DocumentMeasure, type SelectionSize } from './document-size';

/** The most that one operation may ask for; tokens are counted while a document is read. */
export type DocumentLimits = Pick<
  GatewaySettings,
  | 'GRAPHQL_MAX_SELECTIONS'
  | 'GRAPHQL_MAX_DEPTH'
  | 'GRAPHQL_MAX_ALIASES'
  | 'GRAPHQL_MAX_ROOT_FIELDS'
  | 'GRAPHQL_MAX_DIRECTIVES'
>;

interface Limit {
  of: keyof SelectionSize;
  is: number;
  say: (value: number) => string;
}

/**
 * A validation rule, so that a rejected document is 400 and never planned or executed. The query
 * planner expands every fragment spread, so its time grows with the expanded selections. graphql-js
 * limits the depth of introspection and the comparison of fields with the same response name; the
 * parser limits the number of tokens, which bounds the work of all rules.
 */
export function documentLimits(settings: DocumentLimits): ValidationRule {
  const limits = limitsOf(settings);
  return (context) => {
    const measure = new DocumentMeasure(context.getDocument());
    return {
      OperationDefinition(operation) {
        const size = measure.sizeOf(operation);
        for (const limit of limits) {
          if (size[limit.of] > limit.is) context.reportError(tooMuch(operation, limit, size[limit.of]));
        }
        return false;
      },
    };
  };
}

function tooMuch(operation: OperationDefinitionNode, limit: Limit, value: number): GraphQLError {
  return new GraphQLError(`${limit.say(value)}, and ${limit.is} is the limit.`, { nodes: operation });
}

function limitsOf(settings: DocumentLimits): Limit[] {
  return [
    {
      of: 'selections',
      is: settings.GRAPHQL_MAX_SELECTIONS,
      say: (selections) => `The operation has ${selections} selections with its fragments expanded`,
    },
    {
      of: 'depth',
      is: settings.GRAPHQL_MAX_DEPTH,
      say: (depth) => `The operation is ${depth} fields deep`,
    },
    {
      of: 'aliases',
      is: settings.GRAPHQL_MAX_ALIASES,
      say: (aliases) => `The operation has ${aliases} aliases`,
    },
    {
      of: 'fields',
      is: settings.GRAPHQL_MAX_ROOT_FIELDS,
      say: (fields) => `The operation has ${fields} root fields`,
    },
    {
      of: 'directives',
      is: settings.GRAPHQL_MAX_DIRECTIVES,
      say: (directives) => `The operation has ${directives} directives`,
    },
    {
      // Else a single request would try as many passwords as there are root fields.
      of: 'authentications',
      is: 1,
      say: (tries) =>
        `The operation has ${tries} of the fields login, register, changePassword and refreshSession`,
    },
  ];
}
