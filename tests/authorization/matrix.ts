import {
  type clients,
  type serviceCallers,
  type Cells,
  allColumns,
  type operationCallers,
  type entityCallers,
} from './columns';
import type { entities } from './requests/entities';
import type { internalOperations } from './requests/internal-operations';
import type { operationalRoutes } from './requests/operational-routes';
import type { restRoutes } from './requests/rest-routes';
import type { rootFields } from './requests/root-fields';
import type { subgraphRoutes } from './requests/subgraph-routes';

/**
 * - `reads`: the response contains data of the owner.
 * - `writes`: the request changes data of the owner, or creates data.
 * - `allowed`: the request succeeds without either, for example `me` of another account.
 * - Anything else is a rejection: the code of the error or of the result's problem, null or false.
 *   A rejection that has an effect names both, for example `FORBIDDEN reads`.
 */
export type GraphqlOutcome =
  | 'allowed'
  | 'reads'
  | 'writes'
  | 'null'
  | 'false'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'order_not_found'
  | 'invalid_credentials'
  | `${number} ${'UNAUTHENTICATED' | 'GRAPHQL_VALIDATION_FAILED'}`;

/** The HTTP status, then `reads`, `writes` or the code of the problem. */
export type HttpOutcome = `${number}` | `${number} ${string}`;

type Table<Row extends string, Columns extends readonly string[], Outcome extends string> = Readonly<
  Record<Row, Cells<Columns, Outcome>>
>;

// prettier-ignore
export const rootFieldMatrix: Table<keyof typeof rootFields, typeof clients, GraphqlOutcome> = {
  //                               anonymous          customer     stranger           admin              gateway            service
  'Query.me':                     ['UNAUTHENTICATED', 'reads',     'allowed',         'allowed',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.user':                   ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'reads',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.product':                allColumns('reads'),
  'Query.productBySku':           allColumns('reads'),
  'Query.products':               allColumns('reads'),
  'Query.order':                  ['UNAUTHENTICATED', 'reads',     'null',            'reads',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.orders':                 ['UNAUTHENTICATED', 'reads',     'allowed',         'reads',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.orders of one user':     ['UNAUTHENTICATED', 'reads',     'FORBIDDEN',       'reads',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.payment':                ['UNAUTHENTICATED', 'reads',     'null',            'reads',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // The client secret completes the payment, so an admin cannot read it.
  'Query.payment with its next action': ['UNAUTHENTICATED', 'reads', 'null',          'allowed',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],

  'Mutation.register':            allColumns('allowed'),
  // The password or the refresh token in the arguments authenticates the request.
  'Mutation.login':               allColumns('allowed'),
  'Mutation.refreshSession':      allColumns('allowed'),
  'Mutation.logout':              allColumns('writes'),
  // The stranger has the same password, the admin a different one.
  'Mutation.changePassword':      ['UNAUTHENTICATED', 'writes',    'allowed',         'invalid_credentials', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.revokeSession':       ['UNAUTHENTICATED', 'writes',    'false',           'false',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.revokeAllSessions':   ['UNAUTHENTICATED', 'writes',    'allowed',         'allowed',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],

  'Mutation.createProduct':       ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.updateProduct':       ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.adjustStock':         ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.createOrder':         ['UNAUTHENTICATED', 'writes',    'writes',          'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.cancelOrder':         ['UNAUTHENTICATED', 'writes',    'order_not_found', 'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.updateOrderStatus':   ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // An admin can cancel the order of a customer, but cannot pay it.
  'Mutation.payOrder':            ['UNAUTHENTICATED', 'writes',    'order_not_found', 'order_not_found', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // The client secret authorizes the request, as at a real provider.
  'Mutation.simulateAuthentication': ['UNAUTHENTICATED', 'writes',  'writes',         'writes',          'UNAUTHENTICATED', 'UNAUTHENTICATED'],
};

// prettier-ignore
export const entityMatrix: Table<keyof typeof entities, typeof entityCallers, GraphqlOutcome> = {
  //                         no credential          anonymous          customer  stranger     admin    service
  'user User by id':        ['401 UNAUTHENTICATED', 'null',            'reads',  'null',      'reads', 'null'],
  'order User by id':       ['401 UNAUTHENTICATED', 'UNAUTHENTICATED', 'reads',  'FORBIDDEN', 'reads', 'UNAUTHENTICATED'],
  'product Product by id':  ['401 UNAUTHENTICATED', 'reads',           'reads',  'reads',     'reads', 'reads'],
  'product Product by sku': ['401 UNAUTHENTICATED', 'reads',           'reads',  'reads',     'reads', 'reads'],
  'order Order by id':      ['401 UNAUTHENTICATED', 'null',            'reads',  'null',      'reads', 'null'],
  'payment Order by id':    ['401 UNAUTHENTICATED', 'allowed',         'reads',  'allowed',   'reads', 'allowed'],
  'payment Payment by id':  ['401 UNAUTHENTICATED', 'null',            'reads',  'null',      'reads', 'null'],
};

// prettier-ignore
export const internalOperationMatrix: Table<keyof typeof internalOperations, typeof operationCallers, GraphqlOutcome> = {
  //                             API client                       no credential          gateway      user         product      order      payment
  'product reserveStock':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'writes',  'FORBIDDEN'],
  'product commitStock':         ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'allowed', 'FORBIDDEN'],
  'product commitStocks':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'allowed', 'FORBIDDEN'],
  'product releaseStock':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'writes',  'FORBIDDEN'],
  'payment createPaymentIntent': ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'writes',  'FORBIDDEN'],
  'payment refundPayment':       ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'writes',  'FORBIDDEN'],
};

// prettier-ignore
export const restRouteMatrix: Table<keyof typeof restRoutes, typeof clients, HttpOutcome> = {
  //                               anonymous              customer         stranger                 admin                    gateway                service
  'POST /v1/auth/register':       allColumns('201'),
  'POST /v1/auth/login':          allColumns('200'),
  'POST /v1/auth/refresh':        allColumns('200'),
  'POST /v1/auth/logout':         allColumns('204 writes'),
  'POST /v1/auth/password':       ['401 unauthenticated', '204 writes',    '204',                   '401 invalid_credentials', '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/me':                   ['401 unauthenticated', '200 reads',     '200',                   '200',                   '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/me/sessions':          ['401 unauthenticated', '200 reads',     '200',                   '200',                   '401 unauthenticated', '401 unauthenticated'],
  'DELETE /v1/me/sessions/:id':   ['401 unauthenticated', '204 writes',    '404 session_not_found', '404 session_not_found', '401 unauthenticated', '401 unauthenticated'],

  'GET /v1/products':             allColumns('200 reads'),
  'GET /v1/products/:id':         allColumns('200 reads'),
  'POST /v1/products':            ['401 unauthenticated', '403 forbidden', '403 forbidden',         '201 writes',            '401 unauthenticated', '401 unauthenticated'],
  'PATCH /v1/products/:id':       ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 writes',            '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/products/:id/stock':  ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 writes',            '401 unauthenticated', '401 unauthenticated'],

  'POST /v1/orders':              ['401 unauthenticated', '201 writes',    '201 writes',            '201 writes',            '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders':               ['401 unauthenticated', '200 reads',     '200',                   '200 reads',             '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders of one user':   ['401 unauthenticated', '200 reads',     '403 forbidden',         '200 reads',             '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders/:id':           ['401 unauthenticated', '200 reads',     '404 order_not_found',   '200 reads',             '401 unauthenticated', '401 unauthenticated'],
  'PATCH /v1/orders/:id':         ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 writes',            '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/orders/:id/cancel':   ['401 unauthenticated', '200 writes',    '404 order_not_found',   '200 writes',            '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/orders/:id/pay':      ['401 unauthenticated', '200 writes',    '404 order_not_found',   '404 order_not_found',   '401 unauthenticated', '401 unauthenticated'],

  // The client secret authorizes the request, as at a real provider.
  'POST /v1/payments/simulator/authentications': ['401 unauthenticated', '204 writes',  '204 writes',  '204 writes',  '401 unauthenticated', '401 unauthenticated'],
  // Only the signature of the body authorizes the request.
  'POST /v1/payments/webhooks/:provider':                     allColumns('204'),
  'POST /v1/payments/webhooks/:provider without a signature': allColumns('400 bad_request'),
};

// prettier-ignore
export const operationalRouteMatrix: Table<keyof typeof operationalRoutes, typeof clients, HttpOutcome> = {
  'POST /graphql':              allColumns('200'),
  'GET /graphql':               allColumns('200'),
  'OPTIONS *':                  allColumns('204'),
  'GET /':                      allColumns('200'),
  // The next three routes are disabled in production.
  'GET /graphiql':              allColumns('200'),
  'GET /graphiql/*':            allColumns('200'),
  'GET /schema.graphql':        allColumns('200'),
  'GET /healthz':               allColumns('200'),
  'GET /readyz':                allColumns('200'),
  // METRICS_PORT moves it to a port of the internal network.
  'GET /metrics':               allColumns('200'),
  'GET /.well-known/jwks.json': allColumns('200'),
  'GET /openapi.json':          allColumns('200'),
  'GET /openapi.yaml':          allColumns('200'),
  'GET /docs':                  allColumns('200'),
  'GET /docs/scalar.js':        allColumns('200'),
};

// prettier-ignore
export const subgraphRouteMatrix: Table<keyof typeof subgraphRoutes, typeof serviceCallers, HttpOutcome> = {
  //                                   no credential          gateway  user   product  order  payment
  'user GET /healthz':                allColumns('200'),
  'user GET /readyz':                 allColumns('200'),
  'user GET /.well-known/jwks.json':  allColumns('200'),
  'user GET /revoked-sessions':       ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'user POST /graphql':               ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'product GET /healthz':             allColumns('200'),
  'product GET /readyz':              allColumns('200'),
  'product POST /graphql':            ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'order GET /healthz':               allColumns('200'),
  'order GET /readyz':                allColumns('200'),
  'order POST /graphql':              ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  // An event is accepted from its source only. The source of this one is payment.
  'order POST /events':               ['401 UNAUTHENTICATED', '403',   '403', '403',   '403', '204'],
  'payment GET /healthz':             allColumns('200'),
  'payment GET /readyz':              allColumns('200'),
  'payment POST /graphql':            ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'payment POST /webhooks/:provider': ['401 UNAUTHENTICATED', '204',   '403', '403',   '403', '403'],
};
