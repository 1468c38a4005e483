import type { ApolloServerPlugin } from '@apollo/server';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context';

/** Of all texts together. A parsed document uses about 30 times the memory of its text. */
const maximumTotalLength = 256 * 1_024;

export interface AcceptedDocument {
  schema: GraphQLSchema;
  document: DocumentNode;
  /** SHA-256 of its text in hexadecimal. */
  queryHash: string;
  text: string;
}

/** How a request refers to a document. */
export type DocumentReference = { text: string } | { registeredId: string };

/**
 * Documents that Apollo Server has parsed and validated for the schema in use. The result depends
 * on neither the client nor the variables nor the operation name, which are checked for each
 * request.
 */
export class AcceptedDocuments {
  private schema: GraphQLSchema | undefined;
  private readonly documents = new InMemoryLRUCache<AcceptedDocument>({
    maxSize: maximumTotalLength,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });

  /** @param schemaInUse returns the schema that Apollo Server uses for new requests */
  constructor(private readonly schemaInUse: () => GraphQLSchema) {}

  async find(reference: DocumentReference): Promise<AcceptedDocument | undefined> {
    const found = await this.documents.get(keyOf(reference));
    if (found?.schema !== this.schemaInUse()) return undefined;
    // A client can send a text that equals the key of an ID.
    return 'text' in reference && reference.text !== found.text ? undefined : found;
  }

  /** The documents of the schema in use, the last used one first. */
  async recent(): Promise<AcceptedDocument[]> {
    // Each access makes a document the last used one: in reverse, the order stays as it is.
    const keys = this.documents.keys().toReversed();
    const documents = await Promise.all(keys.map((key) => this.documents.get(key)));
    return documents.filter((document) => document !== undefined).toReversed();
  }

  /** Stores the documents of the requests that Apollo Server executes. */
  remember(): ApolloServerPlugin<GatewayContext> {
    return {
      requestDidStart: async () => ({
        // Not when it is resolved: what the cost limit or the list of operations rejects must not be
        // planned at the next reload.
        executionDidStart: async ({ schema, document, queryHash, source: text, metrics }) => {
          const reference = metrics.persistedQueryHit ? { registeredId: queryHash } : { text };
          await this.add(reference, { schema, document, queryHash, text });
        },
      }),
    };
  }

  private async add(reference: DocumentReference, accepted: AcceptedDocument): Promise<void> {
    const schema = this.schemaInUse();
    if (accepted.schema !== schema) return;
    if (schema !== this.schema) {
      this.documents.clear();
      this.schema = schema;
    }
    await this.documents.set(keyOf(reference), accepted);
  }
}

/** No valid document starts with the prefix of IDs. */
function keyOf(reference: DocumentReference): string {
  return 'text' in reference ? reference.text : `id:${reference.registeredId}`;
}
