import { ApolloServer, HeaderMap } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import { buildSchema, GraphQLError } from 'graphql';
import { type GatewayContext, RequestBudget } from '../context';
import type { Executor } from '../subgraphs/error-paths';
import { AcceptedDocuments } from './accepted-documents';
import { AcceptedOperations } from './accepted-operations';
import { formatGatewayError } from './format-error';

const schema = buildSchema('type Query { a: Int }');
const logger = createLogger({ service: 'gateway' });
logger.silent = true;
const formatError = formatGatewayError(logger);

const context = (): GatewayContext => ({
  ...{ requestId: 'r1', receivedAtMs: 0, authorization: undefined, clientAddress: '127.0.0.1' },
  ...{ clientUserAgent: undefined, disconnected: new AbortController().signal },
  ...{ budget: new RequestBudget(), answer: { replayed: false } },
});

const failure = (extensions: object) => new GraphQLError('Failed.', { extensions: { ...extensions } });
const headed = { status: 429, headers: new HeaderMap([['retry-after', '7']]) };

it.each<[string, () => ReturnType<Executor>]>([
  ['data', async () => ({ data: { a: 1 } })],
  ['no data', async () => ({ data: null })],
  ['nothing', async () => ({})],
  ['no errors in a list', async () => ({ data: { a: 1 }, errors: [] })],
  ['an error without data', async () => ({ errors: [failure({})] })],
  ['an error beside null', async () => ({ data: null, errors: [failure({ code: 'BAD_REQUEST' })] })],
  ['an error with a status and a header', async () => ({ data: null, errors: [failure({ http: headed })] })],
  [
    'two errors with a status',
    async () => ({ errors: [headed, { status: 400 }].map((http) => failure({ http })) }),
  ],
  ['an extension that is no HTTP head', async () => ({ errors: [failure({ http: { status: '400' } })] })],
  ['an exception', () => Promise.reject(new TypeError('no'))],
  [
    'an exception with a status',
    () => Promise.reject(failure({ code: 'BAD_REQUEST', http: { status: 400 } })),
  ],
])('responds as Apollo Server if the executor gives %s', async (_what, result) => {
  const documents = new AcceptedDocuments(() => schema);
  const execute: Executor = () => result();
  const apollo = new ApolloServer<GatewayContext>({
    gateway: {
      load: async () => ({ executor: execute }),
      onSchemaLoadOrUpdate(listener) {
        listener({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      stop: async () => undefined,
    },
    ...{ logger, formatError, includeStacktraceInErrorResponses: false, stopOnTerminationSignals: false },
    plugins: [documents.remember()],
  });
  const { http, body } = await apollo.executeOperation({ query: '{ a }' }, { contextValue: context() });
  await apollo.stop();
  const accepted = new AcceptedOperations({
    ...{
      documents,
      execute,
      formatError,
      logger,
      hideSuggestions: true,
      persisted: { labelOf: () => 'other' },
    },
    guard: { mode: 'off', isAllowed: () => true, noteUnlisted: () => undefined },
    costLimit: { limit: 1, priceOf: () => ({ cost: 1, isTooExpensive: false }) },
  });
  const response = await accepted.run(
    { document: { text: '{ a }' }, operationName: undefined, variables: undefined, isOfClient: true },
    context(),
  );
  expect(response).toEqual({
    status: http.status ?? 200,
    headers: new Map(http.headers),
    result: body.kind === 'single' ? body.singleResult : undefined,
  });
});
