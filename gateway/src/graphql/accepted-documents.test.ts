import { ApolloServer, type GraphQLRequestContext } from '@apollo/server';
import { buildSchema, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { GatewayContext } from '../context';
import { AcceptedDocuments } from './accepted-documents';

const older = buildSchema('type Query { a: Int }');
const newer = buildSchema('type Query { a: Int b: Int }');
let inUse: GraphQLSchema;
let documents: AcceptedDocuments;

beforeEach(() => {
  inUse = older;
  documents = new AcceptedDocuments(() => inUse);
});

/** Apollo Server starts to execute a valid document. */
async function accept(text: string, schema = inUse, persistedQueryHit = false): Promise<void> {
  const request = {
    ...{ schema, source: text, document: parse('{ a }'), queryHash: `hash of ${text}` },
    metrics: { persistedQueryHit },
  } as unknown as GraphQLRequestContext<GatewayContext>;
  const listener = await documents.remember().requestDidStart?.(request);
  await listener?.executionDidStart?.(request as never);
}

const isKnown = async (text: string) => (await documents.find({ text })) !== undefined;

it('finds a document by its text or by the ID that was sent', async () => {
  await accept('{ a }');
  await accept('{ b: a }', inUse, true);
  expect(await documents.find({ text: '{ a }' })).toMatchObject({ queryHash: 'hash of { a }' });
  expect(await documents.find({ registeredId: 'hash of { b: a }' })).toMatchObject({ text: '{ b: a }' });
  expect(await documents.find({ registeredId: '{ a }' })).toBeUndefined();
  expect(await isKnown('id:hash of { b: a }')).toBe(false);
  expect(await isKnown('{ a  }')).toBe(false);
});

it('forgets all documents when another schema is in use', async () => {
  await accept('{ a }');
  inUse = newer;
  expect(await isKnown('{ a }')).toBe(false);
  await accept('{ b }');
  inUse = older;
  expect(await isKnown('{ a }')).toBe(false);
});

it('lists the last used document first, and listing them is no use', async () => {
  for (const text of ['{ a }', '{ b: a }', '{ c: a }']) await accept(text);
  await documents.find({ text: '{ a }' });
  const listed = async () => (await documents.recent()).map(({ text }) => text);
  expect([await listed(), await listed()]).toEqual(
    Array.from({ length: 2 }, () => ['{ a }', '{ c: a }', '{ b: a }']),
  );
});

it('does not remember a document that the previous schema accepted', async () => {
  inUse = newer;
  await accept('{ a }', older);
  expect(await isKnown('{ a }')).toBe(false);
  expect(await documents.recent()).toEqual([]);
});

it.each([
  ['remembers the document of an executed request', false],
  ['does not remember the valid document of a rejected request', true],
])('%s', async (_what, isRejected) => {
  const schema = buildSchema('type Query { a: Int }');
  const ofSchema = new AcceptedDocuments(() => schema);
  const apollo = new ApolloServer<GatewayContext>({
    gateway: {
      load: async () => ({ executor: async () => ({ data: { a: 1 } }) }),
      onSchemaLoadOrUpdate(listener) {
        listener({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      stop: async () => undefined,
    },
    stopOnTerminationSignals: false,
    plugins: [
      {
        requestDidStart: async () => ({
          async didResolveOperation() {
            if (isRejected) throw new GraphQLError('The operation costs too much.');
          },
        }),
      },
      ofSchema.remember(),
    ],
  });
  await apollo.executeOperation({ query: '{ a }' }, { contextValue: {} as GatewayContext });
  await apollo.stop();
  expect((await ofSchema.recent()).map(({ text }) => text)).toEqual(isRejected ? [] : ['{ a }']);
});

it('remembers at most 256 K characters, those of the documents that were used last', async () => {
  const text = (index: number) => `{ a } # ${index} ${'x'.repeat(1_024)}`;
  for (let index = 0; index < 200; index += 1) {
    await accept(text(index));
    await documents.find({ text: text(0) });
  }
  const recent = await documents.recent();
  expect(recent.length).toBeGreaterThan(100);
  expect(recent.reduce((sum, document) => sum + document.text.length, 0)).toBeLessThan(256 * 1_024);
  expect([await isKnown(text(0)), await isKnown(text(1)), await isKnown(text(199))]).toEqual([
    true,
    false,
    true,
  ]);
});
