import { GraphQLError, type ValidationRule } from 'graphql';
import type { GatewaySettings } from '../config';
import { DocumentMeasure, type SelectionSize } from './document-size';

/** The parser limits the tokens. */
export type DocumentLimits = Pick<
  GatewaySettings,
  | 'GRAPHQL_MAX_SELECTIONS'
  | 'GRAPHQL_MAX_DEPTH'
  | 'GRAPHQL_MAX_ALIASES'
  | 'GRAPHQL_MAX_ROOT_FIELDS'
  | 'GRAPHQL_MAX_DIRECTIVES'
>;

/**
 * A validation rule, so that a rejected document is 400 and never planned or executed. The query
 * planner expands every fragment spread, so its time grows with the expanded selections. graphql-js
 * limits the depth of introspection and the comparison of fields with the same response name; the
 * parser limits the number of tokens, which bounds the work of all rules.
 */
export function documentLimits(settings: DocumentLimits): ValidationRule {
  const limits: Record<Limited, number> = {
    selections: settings.GRAPHQL_MAX_SELECTIONS,
    depth: settings.GRAPHQL_MAX_DEPTH,
    aliases: settings.GRAPHQL_MAX_ALIASES,
    fields: settings.GRAPHQL_MAX_ROOT_FIELDS,
    directives: settings.GRAPHQL_MAX_DIRECTIVES,
    // Otherwise one request could try as many passwords as it has root fields.
    authentications: 1,
  };
  return (context) => {
    const measure = new DocumentMeasure(context.getDocument());
    return {
      OperationDefinition(operation) {
        const size = measure.sizeOf(operation);
        for (const name of Object.keys(limits) as Limited[]) {
          if (size[name] <= limits[name]) continue;
          const message = `The operation ${descriptions[name](size[name])}, and ${limits[name]} is the limit.`;
          context.reportError(new GraphQLError(message, { nodes: operation }));
        }
        return false;
      },
    };
  };
}

type Limited = Exclude<keyof SelectionSize, 'hashes'>;

const descriptions: Record<Limited, (value: number) => string> = {
  selections: (value) => `has ${value} selections with its fragments expanded`,
  depth: (value) => `is ${value} fields deep`,
  aliases: (value) => `has ${value} aliases`,
  fields: (value) => `has ${value} root fields`,
  directives: (value) => `has ${value} directives`,
  authentications: (value) => `has ${value} of the fields login, register, changePassword and refreshSession`,
};
