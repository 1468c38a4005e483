import { type bearers, type callers, type Cells, everybody, type operators, type referrers } from './columns';
import type { entities } from './questions/entities';
import type { internalOperations } from './questions/internal-operations';
import type { operationalRoutes } from './questions/operational-routes';
import type { restRoutes } from './questions/rest-routes';
import type { rootFields } from './questions/root-fields';
import type { subgraphRoutes } from './questions/subgraph-routes';

/**
 * `shows`: the answer shows what is the owner's · `changes`: it is changed · `answers`: the asker may ask, and gets something else, as
 * their own account for `me`. The rest is refused: the error's code or the problem member's, null or false; a refusal that shows or
 * changes something nevertheless would have that word, too.
 */
export type GraphWord =
  | 'answers'
  | 'shows'
  | 'changes'
  | 'null'
  | 'false'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'order_not_found'
  | 'invalid_credentials'
  | `${number} ${'UNAUTHENTICATED' | 'GRAPHQL_VALIDATION_FAILED'}`;

/** The HTTP status, then `shows`, `changes` or the problem's code. */
export type HttpWord = `${number}` | `${number} ${string}`;

type Table<Row extends string, Columns extends readonly string[], Word extends string> = Readonly<
  Record<Row, Cells<Columns, Word>>
>;

// prettier-ignore
export const rootFieldMatrix: Table<keyof typeof rootFields, typeof bearers, GraphWord> = {
  //                               anonymous          customer     stranger           admin              gateway            service
  'Query.me':                     ['UNAUTHENTICATED', 'shows',     'answers',         'answers',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.user':                   ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'shows',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.product':                everybody('shows'),
  'Query.productBySku':           everybody('shows'),
  'Query.products':               everybody('shows'),
  'Query.order':                  ['UNAUTHENTICATED', 'shows',     'null',            'shows',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.orders':                 ['UNAUTHENTICATED', 'shows',     'answers',         'shows',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.orders of one user':     ['UNAUTHENTICATED', 'shows',     'FORBIDDEN',       'shows',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Query.payment':                ['UNAUTHENTICATED', 'shows',     'null',            'shows',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // The client secret completes the payment: not even an admin may read it.
  'Query.payment with its next action': ['UNAUTHENTICATED', 'shows', 'null',          'answers',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],

  'Mutation.register':            everybody('answers'),
  // A password and a refresh token say themselves whose they are.
  'Mutation.login':               everybody('answers'),
  'Mutation.refreshSession':      everybody('answers'),
  'Mutation.logout':              everybody('changes'),
  // The stranger has the same password, the admin a different one.
  'Mutation.changePassword':      ['UNAUTHENTICATED', 'changes',   'answers',         'invalid_credentials', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.revokeSession':       ['UNAUTHENTICATED', 'changes',   'false',           'false',           'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.revokeAllSessions':   ['UNAUTHENTICATED', 'changes',   'answers',         'answers',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],

  'Mutation.createProduct':       ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.updateProduct':       ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.adjustStock':         ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.createOrder':         ['UNAUTHENTICATED', 'changes',   'changes',         'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.cancelOrder':         ['UNAUTHENTICATED', 'changes',   'order_not_found', 'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  'Mutation.updateOrderStatus':   ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN',       'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // An admin may cancel for a customer, but never spend their money.
  'Mutation.payOrder':            ['UNAUTHENTICATED', 'changes',   'order_not_found', 'order_not_found', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  // The client secret authorises this, as at a real provider.
  'Mutation.simulateAuthentication': ['UNAUTHENTICATED', 'changes', 'changes',        'changes',         'UNAUTHENTICATED', 'UNAUTHENTICATED'],
};

// prettier-ignore
export const entityMatrix: Table<keyof typeof entities, typeof referrers, GraphWord> = {
  //                         no credential          anonymous          customer  stranger     admin    service
  'user User by id':        ['401 UNAUTHENTICATED', 'null',            'shows',  'null',      'shows', 'null'],
  'order User by id':       ['401 UNAUTHENTICATED', 'UNAUTHENTICATED', 'shows',  'FORBIDDEN', 'shows', 'UNAUTHENTICATED'],
  'product Product by id':  ['401 UNAUTHENTICATED', 'shows',           'shows',  'shows',     'shows', 'shows'],
  'product Product by sku': ['401 UNAUTHENTICATED', 'shows',           'shows',  'shows',     'shows', 'shows'],
  'order Order by id':      ['401 UNAUTHENTICATED', 'null',            'shows',  'null',      'shows', 'null'],
  'payment Order by id':    ['401 UNAUTHENTICATED', 'answers',         'shows',  'answers',   'shows', 'answers'],
  'payment Payment by id':  ['401 UNAUTHENTICATED', 'null',            'shows',  'null',      'shows', 'null'],
};

// prettier-ignore
export const internalOperationMatrix: Table<keyof typeof internalOperations, typeof operators, GraphWord> = {
  //                             public graph                     no credential          gateway      user         product      order      payment
  'product reserveStock':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'changes', 'FORBIDDEN'],
  'product commitStock':         ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'answers', 'FORBIDDEN'],
  'product commitStocks':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'answers', 'FORBIDDEN'],
  'product releaseStock':        ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'changes', 'FORBIDDEN'],
  'payment createPaymentIntent': ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'changes', 'FORBIDDEN'],
  'payment refundPayment':       ['400 GRAPHQL_VALIDATION_FAILED', '401 UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'changes', 'FORBIDDEN'],
};

// prettier-ignore
export const restRouteMatrix: Table<keyof typeof restRoutes, typeof bearers, HttpWord> = {
  //                               anonymous              customer         stranger                 admin                    gateway                service
  'POST /v1/auth/register':       everybody('201'),
  'POST /v1/auth/login':          everybody('200'),
  'POST /v1/auth/refresh':        everybody('200'),
  'POST /v1/auth/logout':         everybody('204 changes'),
  'POST /v1/auth/password':       ['401 unauthenticated', '204 changes',   '204',                   '401 invalid_credentials', '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/me':                   ['401 unauthenticated', '200 shows',     '200',                   '200',                   '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/me/sessions':          ['401 unauthenticated', '200 shows',     '200',                   '200',                   '401 unauthenticated', '401 unauthenticated'],
  'DELETE /v1/me/sessions/:id':   ['401 unauthenticated', '204 changes',   '404 session_not_found', '404 session_not_found', '401 unauthenticated', '401 unauthenticated'],

  'GET /v1/products':             everybody('200 shows'),
  'GET /v1/products/:id':         everybody('200 shows'),
  'POST /v1/products':            ['401 unauthenticated', '403 forbidden', '403 forbidden',         '201 changes',           '401 unauthenticated', '401 unauthenticated'],
  'PATCH /v1/products/:id':       ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 changes',           '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/products/:id/stock':  ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 changes',           '401 unauthenticated', '401 unauthenticated'],

  'POST /v1/orders':              ['401 unauthenticated', '201 changes',   '201 changes',           '201 changes',           '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders':               ['401 unauthenticated', '200 shows',     '200',                   '200 shows',             '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders of one user':   ['401 unauthenticated', '200 shows',     '403 forbidden',         '200 shows',             '401 unauthenticated', '401 unauthenticated'],
  'GET /v1/orders/:id':           ['401 unauthenticated', '200 shows',     '404 order_not_found',   '200 shows',             '401 unauthenticated', '401 unauthenticated'],
  'PATCH /v1/orders/:id':         ['401 unauthenticated', '403 forbidden', '403 forbidden',         '200 changes',           '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/orders/:id/cancel':   ['401 unauthenticated', '200 changes',   '404 order_not_found',   '200 changes',           '401 unauthenticated', '401 unauthenticated'],
  'POST /v1/orders/:id/pay':      ['401 unauthenticated', '200 changes',   '404 order_not_found',   '404 order_not_found',   '401 unauthenticated', '401 unauthenticated'],

  // The client secret authorises this, as at a real provider.
  'POST /v1/payments/simulator/authentications': ['401 unauthenticated', '204 changes', '204 changes', '204 changes', '401 unauthenticated', '401 unauthenticated'],
  // Who signed the body decides, and nothing else.
  'POST /v1/payments/webhooks/:provider':                     everybody('204'),
  'POST /v1/payments/webhooks/:provider without a signature': everybody('400 bad_request'),
};

// prettier-ignore
export const operationalRouteMatrix: Table<keyof typeof operationalRoutes, typeof bearers, HttpWord> = {
  'POST /graphql':              everybody('200'),
  'GET /graphql':               everybody('200'),
  'OPTIONS *':                  everybody('204'),
  'GET /':                      everybody('200'),
  // The following three are disabled in production.
  'GET /graphiql':              everybody('200'),
  'GET /graphiql/*':            everybody('200'),
  'GET /schema.graphql':        everybody('200'),
  'GET /healthz':               everybody('200'),
  'GET /readyz':                everybody('200'),
  // Unless METRICS_PORT moves it to a port that only the network inside sees.
  'GET /metrics':               everybody('200'),
  'GET /.well-known/jwks.json': everybody('200'),
  'GET /openapi.json':          everybody('200'),
  'GET /openapi.yaml':          everybody('200'),
  'GET /docs':                  everybody('200'),
  'GET /docs/scalar.js':        everybody('200'),
};

// prettier-ignore
export const subgraphRouteMatrix: Table<keyof typeof subgraphRoutes, typeof callers, HttpWord> = {
  //                                   no credential          gateway  user   product  order  payment
  'user GET /healthz':                everybody('200'),
  'user GET /readyz':                 everybody('200'),
  'user GET /.well-known/jwks.json':  everybody('200'),
  'user GET /revoked-sessions':       ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'user POST /graphql':               ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'product GET /healthz':             everybody('200'),
  'product GET /readyz':              everybody('200'),
  'product POST /graphql':            ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'order GET /healthz':               everybody('200'),
  'order GET /readyz':                everybody('200'),
  'order POST /graphql':              ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  // Events are for their source to tell: this one is of payment.
  'order POST /events':               ['401 UNAUTHENTICATED', '403',   '403', '403',   '403', '204'],
  'payment GET /healthz':             everybody('200'),
  'payment GET /readyz':              everybody('200'),
  'payment POST /graphql':            ['401 UNAUTHENTICATED', '200',   '200', '200',   '200', '200'],
  'payment POST /webhooks/:provider': ['401 UNAUTHENTICATED', '204',   '403', '403',   '403', '403'],
};
