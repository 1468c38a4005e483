import { defineRequests, type HttpRequest } from './request';

const withoutBody = (): HttpRequest => ({});

/** The routes of the gateway outside the REST facade. */
export const operationalRoutes = defineRequests<HttpRequest>()({
  'POST /graphql': () => ({ body: { query: '{ __typename }' } }),
  'GET /graphql': () => ({
    path: '/graphql?query={__typename}',
    headers: { 'apollo-require-preflight': 'true' },
  }),
  'OPTIONS *': () => ({ path: '/v1/orders' }),
  'GET /': withoutBody,
  'GET /graphiql': withoutBody,
  'GET /graphiql/*': () => ({ path: '/graphiql/main.js' }),
  'GET /schema.graphql': withoutBody,
  'GET /healthz': withoutBody,
  'GET /readyz': withoutBody,
  'GET /metrics': withoutBody,
  'GET /.well-known/jwks.json': withoutBody,
  'GET /openapi.json': withoutBody,
  'GET /openapi.yaml': withoutBody,
  'GET /docs': withoutBody,
  'GET /docs/scalar.js': withoutBody,
});
