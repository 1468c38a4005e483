import { defineQuestions, type HttpQuestion } from './question';

const page = (): HttpQuestion => ({});

/** What the gateway serves beside the REST facade. */
export const operationalRoutes = defineQuestions<HttpQuestion>()({
  'POST /graphql': () => ({ body: { query: '{ __typename }' } }),
  'GET /graphql': () => ({
    path: '/graphql?query={__typename}',
    headers: { 'apollo-require-preflight': 'true' },
  }),
  'OPTIONS *': () => ({ path: '/v1/orders' }),
  'GET /': page,
  'GET /graphiql': page,
  'GET /graphiql/*': () => ({ path: '/graphiql/main.js' }),
  'GET /schema.graphql': page,
  'GET /healthz': page,
  'GET /readyz': page,
  'GET /metrics': page,
  'GET /.well-known/jwks.json': page,
  'GET /openapi.json': page,
  'GET /openapi.yaml': page,
  'GET /docs': page,
  'GET /docs/scalar.js': page,
});
