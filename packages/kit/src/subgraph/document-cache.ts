import {
  type DocumentNode,
  getOperationAST,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledQuery, compileQuery } from './compiled-query';

/** Valid documents by their text. The callers are services, which send few different documents. */
export interface DocumentCache {
  /** @returns undefined for a document that is invalid or too long to be cached */
  find(text: string): ValidDocument | undefined;
}

export interface ValidDocument {
  readonly document: DocumentNode;
  /** @returns undefined for an unknown name, or without one if there are several operations */
  operation(name: string | null | undefined): ExecutableOperation | undefined;
}

export interface ExecutableOperation {
  /** Undefined if graphql-js must execute the operation. */
  readonly query: CompiledQuery | undefined;
}

const maximumLength = 64 * 1_024;
/** Of all texts together. A compiled document uses about 40 times the memory of its text. */
const maximumTotalLength = 512 * 1_024;

export function createDocumentCache(
  schema: GraphQLSchema,
  { hasIntrospection }: { hasIntrospection: boolean },
): DocumentCache {
  const rules = hasIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const documents = new LRUCache<string, ValidDocument>({
    maxSize: maximumTotalLength,
    sizeCalculation: (_document, text) => text.length + 1,
  });
  return {
    find(text) {
      const known = documents.get(text);
      if (known || text.length > maximumLength) return known;
      const document = parseValid(text, schema, rules);
      if (!document) return undefined;
      const valid = validDocument(schema, document);
      documents.set(text, valid);
      return valid;
    },
  };
}

function validDocument(schema: GraphQLSchema, document: DocumentNode): ValidDocument {
  const operations = new Map<string | null | undefined, ExecutableOperation>();
  return {
    document,
    operation(name) {
      const known = operations.get(name);
      if (known) return known;
      const definition = getOperationAST(document, name);
      if (!definition) return undefined;
      const operation = { query: compileQuery(schema, document, definition) };
      operations.set(name, operation);
      return operation;
    },
  };
}

function parseValid(
  text: string,
  schema: GraphQLSchema,
  rules: Parameters<typeof validate>[2],
): DocumentNode | undefined {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch {
    return undefined;
  }
  return validate(schema, document, rules, { maxErrors: 1 }).length === 0 ? document : undefined;
}
