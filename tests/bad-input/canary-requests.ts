import { randomUUID } from 'node:crypto';
import type { RawRequest } from './raw-client';
import type { CanaryRequest, LoggedShop } from './logged-shop';

const credentials = (password: unknown, email = `${randomUUID()}@example.com`) => ({ email, password });
const order = ({ productId }: LoggedShop) => ({ items: [{ product_id: productId, quantity: 1 }] });
const graphql = (query: string, variables?: object): RawRequest => ({
  path: '/graphql',
  body: { query, variables },
});
const inHeader =
  (name: string, value = (canary: string) => canary) =>
  (canary: string): RawRequest => ({
    path: '/v1/me',
    headers: { [name]: value(canary) },
  });

const parts = (canary: string) => [{ alg: 'RS256', typ: 'at+jwt', kid: canary }, { sub: canary }];
const jwtOf = (canary: string) =>
  `${parts(canary)
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')}.${canary}`;

const loginLiteral = (canary: string) =>
  `mutation { login(input: { email: "a@example.com", password: "${canary}"`;

/** Secrets and values that can be secrets: no response repeats them. */
export const secretRequests: readonly CanaryRequest[] = [
  {
    title: 'a new password',
    request: (canary) => ({ path: '/v1/auth/register', body: credentials(canary) }),
    status: 201,
  },
  {
    title: 'a new password that is too long',
    request: (canary) => ({ path: '/v1/auth/register', body: credentials(canary.repeat(3)) }),
    status: 422,
  },
  {
    title: 'a new password that is a list',
    request: (canary) => ({ path: '/v1/auth/register', body: credentials([canary]) }),
    status: 422,
  },
  {
    title: 'a password with NUL',
    request: (canary) => ({ path: '/v1/auth/register', body: credentials(`${canary}\0`) }),
    status: 422,
  },
  {
    title: 'a wrong password',
    request: (canary) => ({ path: '/v1/auth/login', body: credentials(canary, 'customer@example.com') }),
    status: 401,
  },
  {
    title: 'an email that has no account',
    request: (canary) => ({ path: '/v1/auth/login', body: credentials('P@ssw0rd', `${canary}@example.com`) }),
    status: 401,
  },
  {
    title: 'a current password that is wrong',
    request: (canary, { customerToken: token }) => ({
      ...{ path: '/v1/auth/password', token },
      body: { current_password: canary, new_password: 'correct horse battery staple' },
    }),
    status: 401,
  },
  {
    title: 'a changed password that is too long',
    request: (canary, { customerToken: token }) => ({
      ...{ path: '/v1/auth/password', token },
      body: { current_password: 'P@ssw0rd', new_password: canary.repeat(3) },
    }),
    status: 422,
  },
  {
    title: 'a refresh token',
    request: (canary) => ({ path: '/v1/auth/refresh', body: { refresh_token: canary } }),
    status: 401,
  },
  {
    title: 'a refresh token in a logout',
    request: (canary) => ({ path: '/v1/auth/logout', body: { refresh_token: canary } }),
    status: 204,
  },
  {
    title: 'an access token',
    request: inHeader('authorization', (canary) => `Bearer ${canary}`),
    status: 401,
  },
  {
    title: 'the kid, a claim and the signature of an access token',
    request: inHeader('authorization', (canary) => `Bearer ${jwtOf(canary)}`),
    status: 401,
  },
  {
    title: 'credentials of another authentication scheme',
    request: inHeader('authorization', (canary) => `Basic ${canary}`),
    status: 401,
  },
  { title: 'a cookie', request: inHeader('cookie', (canary) => `session=${canary}`), status: 401 },
  {
    title: 'a service credential',
    request: inHeader('x-service-authorization', (canary) => `Bearer ${canary}`),
    status: 401,
  },
  { title: 'an identity header', request: inHeader('x-user-id'), status: 401 },
  { title: 'the address of a client', request: inHeader('x-forwarded-for'), status: 401 },
  { title: 'a user agent', request: inHeader('user-agent'), status: 401 },
  { title: 'a trace state', request: inHeader('tracestate', (canary) => `vendor=${canary}`), status: 401 },
  {
    title: 'an idempotency key',
    request: (canary, shop) => ({
      ...{ path: '/v1/orders', token: shop.customerToken, body: order(shop) },
      headers: { 'idempotency-key': canary },
    }),
    status: 201,
  },
  {
    title: 'an idempotency key that is too long',
    request: (canary, shop) => ({
      ...{ path: '/v1/orders', token: shop.customerToken, body: order(shop) },
      headers: { 'idempotency-key': canary.repeat(5) },
    }),
    status: 400,
  },
  {
    title: 'invalid JSON',
    request: (canary) => ({ path: '/v1/auth/login', body: `{"email":"a@example.com","password":"${canary}` }),
    status: 400,
  },
  {
    title: 'invalid JSON at /graphql',
    request: (canary) => ({ path: '/graphql', body: `{"query":"{ me { id } }","variables":{"a":"${canary}` }),
    status: 400,
  },
  {
    title: 'the value of an unknown member',
    request: (canary) => ({ path: '/v1/auth/login', body: { ...credentials('P@ssw0rd'), unknown: canary } }),
    status: 422,
  },
  {
    title: 'a parameter of the wrong type',
    request: (canary) => ({ path: `/v1/products?limit=${canary}` }),
    status: 400,
  },
  { title: 'a cursor', request: (canary) => ({ path: `/v1/products?cursor=${canary}` }), status: 400 },
  {
    title: 'a search',
    request: (canary) => ({ path: `/v1/products?in_stock=true&search=${canary}` }),
    status: 200,
  },
  {
    title: 'a description that is too long',
    request: (canary, { adminToken: token }) => ({
      ...{ path: '/v1/products', token },
      body: { sku: 'LONG', name: 'Thing', price_cents: 1, currency: 'EUR', description: canary.repeat(500) },
    }),
    status: 422,
  },
  {
    title: 'the body of a webhook',
    request: (canary) => ({ path: '/v1/payments/webhooks/simulator', body: { id: canary, type: canary } }),
    status: 400,
  },
  {
    title: 'the signature of a webhook',
    request: (canary) => ({
      ...{ path: '/v1/payments/webhooks/simulator', body: {} },
      headers: { 'simulator-signature': `t=1,v1=${canary}` },
    }),
    status: 400,
  },
  {
    title: 'a password in a document with a syntax error',
    request: (canary) => graphql(loginLiteral(canary)),
    status: 400,
  },
  {
    title: 'a password in a truncated document',
    request: (canary) => graphql(loginLiteral(canary).slice(0, -1)),
    status: 400,
  },
  {
    title: 'a password in a document that selects an unknown field',
    request: (canary) => graphql(`${loginLiteral(canary)} }) { nothing } }`),
    status: 400,
  },
  {
    title: 'a variable that the document does not declare',
    request: (canary) => graphql('{ __typename }', { password: canary }),
    status: 200,
  },
  {
    title: 'a changed password',
    request: (canary, { customerToken: token }) => ({
      ...{ path: '/v1/auth/password', token },
      body: { current_password: 'P@ssw0rd', new_password: canary },
    }),
    status: 204,
  },
];

/** Names and values that an error message may repeat to the client that sent them. */
export const echoRequests: readonly CanaryRequest[] = [
  { title: 'the path', request: (canary) => ({ path: `/v1/${canary}` }), status: 404 },
  {
    title: 'the name of a parameter',
    request: (canary) => ({ path: `/v1/products?${canary}=1` }),
    status: 400,
  },
  {
    title: 'the name of a member',
    request: (canary) => ({ path: '/v1/auth/login', body: { ...credentials('P@ssw0rd'), [canary]: 1 } }),
    status: 422,
  },
  {
    title: 'the name of a field',
    request: (canary) => graphql(`{ ${canary.replace('-', '_')} }`),
    status: 400,
  },
  {
    title: 'the value of a variable of the wrong type',
    request: (canary) =>
      graphql('mutation ($input: LoginInput!) { login(input: $input) { __typename } }', {
        input: credentials([canary]),
      }),
    status: 400,
  },
  {
    title: 'a literal of the wrong type',
    request: (canary) => graphql(`{ products(first: "${canary}") { nodes { id } } }`),
    status: 400,
  },
  {
    title: 'the name of an operation',
    request: (canary) => ({
      path: '/graphql',
      body: { query: 'query A { __typename }', operationName: canary },
    }),
    status: 400,
  },
  {
    title: 'the ID of a product that does not exist',
    request: (canary, { customerToken: token }) => ({
      ...graphql(
        'mutation ($id: ID!) { createOrder(input: { items: [{ productId: $id, quantity: 1 }] }) { ... on Problem { message } } }',
        { id: canary },
      ),
      token,
    }),
    status: 200,
  },
  {
    title: 'the name of a new product',
    request: (canary, { adminToken: token }) => ({
      ...{ path: '/v1/products', token },
      body: { sku: 'NAMED', name: canary, price_cents: 1, currency: 'EUR' },
    }),
    status: 201,
  },
];
