import type { SubgraphName } from '@shop/local-stack/stack';
import { graphql, rest } from '@shop/testkit/http';
import type { Bearer, Caller, Operator, Referrer } from './columns';
import { subgraphOf } from './inventory';
import { graphWord, httpWord, observe } from './observe';
import type { EntityQuestion, GraphQuestion, HttpQuestion } from './questions/question';
import { credentialHeader, type Scene } from './scene';

/** A public root field: at the gateway, but for those with a service credential, who ask the subgraph itself. */
export function askRootField(scene: Scene, field: string, bearer: Bearer, question: GraphQuestion) {
  if (bearer === 'gateway' || bearer === 'service') {
    const subgraph = subgraphOf(field);
    const headers = credentialHeader(bearer === 'gateway' ? 'gateway' : neighbourOf(subgraph), subgraph);
    return askGraph(scene.stack.services[subgraph].url, question, { headers });
  }
  return askGraph(scene.stack.gatewayUrl, question, tokenOf(scene, bearer));
}

/** A reference to an entity, as the gateway's query plans ask for it. */
export function askEntity(
  scene: Scene,
  subgraph: SubgraphName,
  referrer: Referrer,
  { representation, selection, ...watched }: EntityQuestion,
) {
  const query = `query ($representations: [_Any!]!) {
    result: _entities(representations: $representations) { ${selection} }
  }`;
  const question = { ...watched, query, variables: { representations: [representation] } };
  return askGraph(scene.stack.services[subgraph].url, question, proofOf(scene, subgraph, referrer));
}

function proofOf(scene: Scene, subgraph: SubgraphName, referrer: Referrer) {
  switch (referrer) {
    case 'no credential':
      return tokenOf(scene, 'customer');
    case 'service':
      return { headers: credentialHeader(neighbourOf(subgraph), subgraph) };
    default:
      return { headers: credentialHeader('gateway', subgraph), ...tokenOf(scene, referrer) };
  }
}

/** What only services may ask, always with an admin's token: it must not help. */
export function askInternalOperation(
  scene: Scene,
  subgraph: SubgraphName,
  operator: Operator,
  question: GraphQuestion,
) {
  const token = tokenOf(scene, 'admin');
  if (operator === 'public graph') return askGraph(scene.stack.gatewayUrl, question, token);
  const headers = headersOf(operator, subgraph);
  return askGraph(scene.stack.services[subgraph].url, question, { headers, ...token });
}

/** A route of the gateway. Whoever has a service credential and no token shows it wherever one could be looked for. */
export function askGateway(scene: Scene, row: string, bearer: Bearer, question: HttpQuestion) {
  if (bearer !== 'gateway' && bearer !== 'service')
    return askHttp(scene.stack.gatewayUrl, row, question, tokenOf(scene, bearer));
  const subgraph = subgraphBehind(row);
  const headers = credentialHeader(bearer === 'gateway' ? 'gateway' : neighbourOf(subgraph), subgraph);
  const token = headers['x-service-authorization']?.replace('Bearer ', '') ?? '';
  return askHttp(scene.stack.gatewayUrl, row, question, { headers, token });
}

/** A route of a subgraph's own server. */
export function askSubgraph(
  scene: Scene,
  subgraph: SubgraphName,
  row: string,
  caller: Caller,
  question: HttpQuestion,
) {
  return askHttp(scene.stack.services[subgraph].url, row, question, { headers: headersOf(caller, subgraph) });
}

interface Proof {
  token?: string;
  headers?: Record<string, string>;
}

function askGraph(url: string, question: GraphQuestion, proof: Proof) {
  const { query, variables = {}, headers, ...watched } = question;
  const request = { variables, ...proof, headers: { ...headers, ...proof.headers } };
  return observe(watched, () => graphql(url)<{ result: unknown }>(query, request), graphWord);
}

function askHttp(url: string, row: string, question: HttpQuestion, { token, headers }: Proof) {
  const [method = '', pattern = ''] = row.split(' ');
  const { path = pattern, body, ...watched } = question;
  const request = {
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
    headers: { ...question.headers, ...headers },
  };
  return observe(watched, () => rest(url)(method, path, request), httpWord);
}

function tokenOf(scene: Scene, person: Exclude<Bearer, 'gateway' | 'service'>): Proof {
  return person === 'anonymous' ? {} : { token: scene.people[person].token };
}

function headersOf(caller: Caller, subgraph: SubgraphName): Record<string, string> {
  return caller === 'no credential' ? {} : credentialHeader(caller, subgraph);
}

/** A service that calls this subgraph, or could. */
function neighbourOf(subgraph: SubgraphName): SubgraphName {
  return subgraph === 'order' ? 'payment' : 'order';
}

/** Whose credential a route of the gateway would have to be fooled with. */
function subgraphBehind(row: string): SubgraphName {
  const name = /\/v1\/(product|order|payment)s/.exec(row)?.[1];
  return (name as SubgraphName | undefined) ?? 'user';
}
