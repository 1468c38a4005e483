import {
  type DocumentNode,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/** Valid documents by their text. The callers are services, which send few different ones. */
export interface DocumentCache {
  /** @returns undefined for a document that is invalid or too long to be cached */
  find(text: string): DocumentNode | undefined;
}

const maximumLength = 64 * 1_024;
/** Of all texts together. A parsed document takes about 30 times the memory of its text. */
const maximumTotalLength = 512 * 1_024;

export function createDocumentCache(
  schema: GraphQLSchema,
  { hasIntrospection }: { hasIntrospection: boolean },
): DocumentCache {
  const rules = hasIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: maximumTotalLength,
    sizeCalculation: (_document, text) => text.length + 1,
  });
  return {
    find(text) {
      const known = documents.get(text);
      if (known || text.length > maximumLength) return known;
      const document = parseValid(text, schema, rules);
      if (document) documents.set(text, document);
      return document;
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
