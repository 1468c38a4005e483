import type { SubgraphName } from '@shop/local-stack/stack';
import { graphql, rest } from '@shop/testkit/http';
import type { Client, ServiceCaller, OperationCaller, EntityCaller } from './columns';
import { subgraphOf } from './inventory';
import { graphqlOutcome, httpOutcome, observe } from './observe';
import type { EntityRequest, GraphqlRequest, HttpRequest } from './requests/request';
import { credentialHeader, type Fixture } from './fixture';

/** Sent to the gateway, or to the subgraph by a client that has a service credential. */
export function requestRootField(fixture: Fixture, field: string, client: Client, request: GraphqlRequest) {
  if (client === 'gateway' || client === 'service') {
    const subgraph = subgraphOf(field);
    const headers = credentialHeader(client === 'gateway' ? 'gateway' : otherServiceThan(subgraph), subgraph);
    return sendGraphql(fixture.stack.services[subgraph].url, request, { headers });
  }
  return sendGraphql(fixture.stack.gatewayUrl, request, tokenOf(fixture, client));
}

/** Sends an `_entities` query to the subgraph, as a query plan of the gateway does. */
export function requestEntity(
  fixture: Fixture,
  subgraph: SubgraphName,
  caller: EntityCaller,
  { representation, selection, ...observed }: EntityRequest,
) {
  const query = `query ($representations: [_Any!]!) {
    result: _entities(representations: $representations) { ${selection} }
  }`;
  const request = { ...observed, query, variables: { representations: [representation] } };
  return sendGraphql(fixture.stack.services[subgraph].url, request, credentialsOf(fixture, subgraph, caller));
}

function credentialsOf(fixture: Fixture, subgraph: SubgraphName, caller: EntityCaller) {
  switch (caller) {
    case 'no credential':
      return tokenOf(fixture, 'customer');
    case 'service':
      return { headers: credentialHeader(otherServiceThan(subgraph), subgraph) };
    default:
      return { headers: credentialHeader('gateway', subgraph), ...tokenOf(fixture, caller) };
  }
}

/** Always sent with an admin's access token, which must have no effect. */
export function requestInternalOperation(
  fixture: Fixture,
  subgraph: SubgraphName,
  caller: OperationCaller,
  request: GraphqlRequest,
) {
  const token = tokenOf(fixture, 'admin');
  if (caller === 'API client') return sendGraphql(fixture.stack.gatewayUrl, request, token);
  const headers = headersOf(caller, subgraph);
  return sendGraphql(fixture.stack.services[subgraph].url, request, { headers, ...token });
}

/** A client that has a service credential sends it as the access token, too. */
export function requestGatewayRoute(fixture: Fixture, row: string, client: Client, request: HttpRequest) {
  if (client !== 'gateway' && client !== 'service')
    return sendHttp(fixture.stack.gatewayUrl, row, request, tokenOf(fixture, client));
  const subgraph = subgraphBehind(row);
  const headers = credentialHeader(client === 'gateway' ? 'gateway' : otherServiceThan(subgraph), subgraph);
  const token = headers['x-service-authorization']?.replace('Bearer ', '') ?? '';
  return sendHttp(fixture.stack.gatewayUrl, row, request, { headers, token });
}

export function requestSubgraphRoute(
  fixture: Fixture,
  subgraph: SubgraphName,
  row: string,
  caller: ServiceCaller,
  request: HttpRequest,
) {
  return sendHttp(fixture.stack.services[subgraph].url, row, request, {
    headers: headersOf(caller, subgraph),
  });
}

interface Credentials {
  token?: string;
  headers?: Record<string, string>;
}

function sendGraphql(url: string, request: GraphqlRequest, credentials: Credentials) {
  const { query, variables = {}, headers, ...observed } = request;
  const options = { variables, ...credentials, headers: { ...headers, ...credentials.headers } };
  return observe(observed, () => graphql(url)<{ result: unknown }>(query, options), graphqlOutcome);
}

function sendHttp(url: string, row: string, request: HttpRequest, { token, headers }: Credentials) {
  const [method = '', pattern = ''] = row.split(' ');
  const { path = pattern, body, ...observed } = request;
  const options = {
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
    headers: { ...request.headers, ...headers },
  };
  return observe(observed, () => rest(url)(method, path, options), httpOutcome);
}

function tokenOf(fixture: Fixture, account: Exclude<Client, 'gateway' | 'service'>): Credentials {
  return account === 'anonymous' ? {} : { token: fixture.accounts[account].token };
}

function headersOf(caller: ServiceCaller, subgraph: SubgraphName): Record<string, string> {
  return caller === 'no credential' ? {} : credentialHeader(caller, subgraph);
}

/** A service other than the gateway and the subgraph itself. */
function otherServiceThan(subgraph: SubgraphName): SubgraphName {
  return subgraph === 'order' ? 'payment' : 'order';
}

/** The subgraph that resolves a route of the gateway. */
function subgraphBehind(row: string): SubgraphName {
  const name = /\/v1\/(product|order|payment)s/.exec(row)?.[1];
  return (name as SubgraphName | undefined) ?? 'user';
}
