import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePorts } from '@shop/local-stack/ports';
import { recordOf, subgraphNames, type SubgraphName } from '@shop/local-stack/stack';
import { type GraphQLFormattedError, Kind, parse, print, visit } from 'graphql';

/** The body of a subgraph's response. */
export interface SubgraphBody {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
}

/** A request of a gateway. */
export interface SubgraphRequest {
  subgraph: SubgraphName;
  query: string;
  variables: Record<string, unknown>;
  /** Undefined unless the request fetches entities. */
  representations: readonly Representation[] | undefined;
}

export type Representation = Record<string, unknown>;

/** What the subgraph returns for one representation; paths start at the entity. */
export interface Entity {
  value: unknown;
  errors: GraphQLFormattedError[];
}

/** Replaces the responses of subgraphs. Both gateways get the same ones, whatever they send. */
export interface Fault {
  subgraph: SubgraphName;
  /** Default: every request to the subgraph. */
  on?: 'root' | 'entities';
  /** Number of requests of each gateway that it affects. Default: all. */
  times?: number;
  /** Instead of the response: an HTTP response, the connection reset, or nothing until `hangMs`. */
  instead?: { status: number; text: string; contentType?: string } | 'reset' | 'hang';
  /** Sends the first half of the response, then resets the connection. */
  isCut?: boolean;
  /** Of the response to a representation. Must depend on its arguments alone. */
  changeEntity?: (entity: Entity, representation: Representation) => Entity;
  change?: (body: SubgraphBody, request: SubgraphRequest) => SubgraphBody;
}

interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Longer than the time limit of the gateway under test. */
const hangMs = 60_000;

/**
 * HTTP servers between the gateways and the real subgraphs. A response is recorded for each request,
 * and for each representation of entity requests, so that the second gateway gets the data of the
 * first one, also if it sends other sets of representations. A mutation is sent once.
 */
export class RecordedSubgraphs {
  private readonly servers = new Map<SubgraphName, ReturnType<typeof createServer>>();
  private readonly recorded = new Map<string, Promise<HttpAnswer>>();
  private readonly entities = new Map<string, Promise<Entity | undefined>>();
  private fault: Fault | undefined;
  private affected = 0;
  /** `none`: every request is sent. */
  private mode: 'none' | 'record' | 'replay' = 'none';
  private realPorts: readonly number[] = [];

  async start(): Promise<void> {
    this.realPorts = await freePorts(subgraphNames.length);
    for (const name of subgraphNames) {
      const server = createServer((request, response) => void this.serve(name, request, response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      this.servers.set(name, server);
    }
  }

  urlOf(name: string): string {
    const address = this.servers.get(name as SubgraphName)?.address() as AddressInfo | undefined;
    if (!address) throw new Error(`The server of ${name} is not started: call start() first.`);
    return `http://127.0.0.1:${address.port}/graphql`;
  }

  /** Ports that the real subgraphs have to listen on. */
  get ports(): Record<SubgraphName, number> {
    return recordOf(subgraphNames, (name) => this.realPorts[subgraphNames.indexOf(name)] as number);
  }

  /** Sends every request, as before the first call of `record`. */
  passThrough(): void {
    this.fault = undefined;
    this.mode = 'none';
  }

  /** For the first gateway of a comparison: forgets all responses. */
  record(fault?: Fault): void {
    this.recorded.clear();
    this.entities.clear();
    this.fault = fault;
    this.affected = 0;
    this.mode = 'record';
  }

  /** For the second gateway. */
  replay(): void {
    this.affected = 0;
    this.mode = 'replay';
  }

  stop(): void {
    for (const server of this.servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async serve(subgraph: SubgraphName, request: IncomingMessage, response: ServerResponse) {
    try {
      const body = await textOf(request);
      const answer =
        request.method === 'POST' && request.url === '/graphql'
          ? await this.graphql(subgraph, request.headers, body, response)
          : await this.forward(subgraph, request, body);
      if (answer) response.writeHead(answer.status, answer.headers).end(answer.text);
    } catch (error) {
      response.writeHead(599, { 'content-type': 'text/plain' }).end(String(error));
    }
  }

  private async graphql(
    subgraph: SubgraphName,
    headers: IncomingHttpHeaders,
    text: string,
    response: ServerResponse,
  ): Promise<HttpAnswer | undefined> {
    const { query, variables = {} } = JSON.parse(text) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const { representations } = variables as { representations?: Representation[] };
    const request: SubgraphRequest = {
      ...{ subgraph, variables, representations },
      query: withoutName(query),
    };
    const fault = this.faultOf(request);
    if (fault?.instead === 'reset' || (this.mode === 'replay' && isOnlyForTimeLimits(fault))) {
      response.socket?.resetAndDestroy();
      return undefined;
    }
    if (fault?.instead === 'hang') {
      setTimeout(() => response.socket?.resetAndDestroy(), hangMs).unref();
      return undefined;
    }
    if (fault?.instead) {
      const { status, text: body, contentType = 'application/json' } = fault.instead;
      return { status, headers: { 'content-type': contentType }, text: body };
    }
    const answer = representations
      ? await this.entityAnswer(request, representations, headers, fault)
      : await this.rootAnswer(request, headers);
    const changed = fault?.change
      ? { ...answer, text: JSON.stringify(fault.change(JSON.parse(answer.text) as SubgraphBody, request)) }
      : answer;
    if (!fault?.isCut) return changed;
    const bytes = Buffer.from(changed.text);
    response.writeHead(changed.status, { ...changed.headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
    return undefined;
  }

  private faultOf({ subgraph, representations }: SubgraphRequest): Fault | undefined {
    const { fault } = this;
    if (fault?.subgraph !== subgraph) return undefined;
    if (fault.on && fault.on !== (representations ? 'entities' : 'root')) return undefined;
    if (this.affected >= (fault.times ?? Infinity)) return undefined;
    this.affected += 1;
    return fault;
  }

  private rootAnswer(request: SubgraphRequest, headers: IncomingHttpHeaders): Promise<HttpAnswer> {
    const key = JSON.stringify([
      request.subgraph,
      request.query,
      sorted(request.variables),
      headers.authorization,
    ]);
    if (this.mode === 'none') return this.send(request, request.variables, headers);
    const known = this.recorded.get(key);
    if (known) return known;
    if (this.mode === 'replay' && request.query.startsWith('mutation'))
      throw new Error(`The first gateway did not send this mutation: ${request.query}`);
    const sent = this.send(request, request.variables, headers);
    this.recorded.set(key, sent);
    return sent;
  }

  private async entityAnswer(
    request: SubgraphRequest,
    representations: readonly Representation[],
    headers: IncomingHttpHeaders,
    fault: Fault | undefined,
  ): Promise<HttpAnswer> {
    if (this.mode === 'none') return this.send(request, request.variables, headers);
    const { representations: _, ...others } = request.variables;
    const keyOf = (representation: Representation) =>
      JSON.stringify([
        request.subgraph,
        request.query,
        sorted(others),
        headers.authorization,
        sorted(representation),
      ]);
    const unknown = new Map(
      representations
        .filter((one) => !this.entities.has(keyOf(one)))
        .map((one) => [keyOf(one), one] as const),
    );
    if (unknown.size > 0) {
      const sent = this.send(request, { ...others, representations: [...unknown.values()] }, headers);
      [...unknown.keys()].forEach((key, index) =>
        this.entities.set(
          key,
          sent.then((answer) => entityAt(answer, index)),
        ),
      );
      // Of all representations together, if it has no list of entities.
      this.recorded.set(keyOf({}), sent);
    }
    const found = await Promise.all(representations.map(async (one) => this.entities.get(keyOf(one))));
    const entities = found.flatMap((entity, index) => {
      const representation = representations[index] as Representation;
      if (!entity) return [];
      return [fault?.changeEntity ? fault.changeEntity(structuredClone(entity), representation) : entity];
    });
    const whole = await this.recorded.get(keyOf({}));
    if (!whole) throw new Error('An entity request without a recorded response');
    return entities.length === representations.length ? withEntities(whole, entities) : whole;
  }

  private async send(
    { subgraph, query }: SubgraphRequest,
    variables: Record<string, unknown>,
    headers: IncomingHttpHeaders,
  ): Promise<HttpAnswer> {
    const response = await fetch(`${this.originOf(subgraph)}/graphql`, {
      method: 'POST',
      headers: forwarded(headers),
      body: JSON.stringify({ query, variables }),
    });
    return answerOf(response);
  }

  private async forward(
    subgraph: SubgraphName,
    { method = 'GET', url, headers }: IncomingMessage,
    body: string,
  ) {
    const init = { method, headers: forwarded(headers), ...(body && { body }) };
    return answerOf(await fetch(`${this.originOf(subgraph)}${url}`, init));
  }

  private originOf(subgraph: SubgraphName): string {
    return `http://127.0.0.1:${this.ports[subgraph]}`;
  }
}

/**
 * The stock gateway has no time limit, and does not notice that a response is cut. The second gateway
 * gets a reset connection instead.
 */
function isOnlyForTimeLimits(fault: Fault | undefined): boolean {
  return fault?.instead === 'hang' || fault?.isCut === true;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const perConnection = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'accept-encoding'],
  ...['content-encoding', 'x-request-timeout-ms'],
]);

function forwarded(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      perConnection.has(name) ? [] : [[name, String(value)]],
    ),
  );
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  return { status: response.status, headers: forwarded(Object.fromEntries(response.headers)), text };
}

/** Gateways name the operations of a plan in their own way. */
function withoutName(query: string): string {
  const document = parse(query, { noLocation: true });
  return print(visit(document, { [Kind.OPERATION_DEFINITION]: ({ name: _, ...rest }) => rest }));
}

/** With the members of objects in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** Undefined if the response has no list of entities. */
function entityAt({ status, text }: HttpAnswer, index: number): Entity | undefined {
  if (status !== 200) return undefined;
  const { data, errors = [] } = JSON.parse(text) as SubgraphBody;
  const list = data?.['_entities'];
  if (!Array.isArray(list)) return undefined;
  return {
    value: list[index] as unknown,
    errors: errors
      .filter(({ path = [] }) => typeof path[1] !== 'number' || path[1] === index)
      .map((error) =>
        typeof error.path?.[1] === 'number' ? { ...error, path: error.path.slice(2) } : error,
      ),
  };
}

function withEntities(whole: HttpAnswer, entities: readonly Entity[]): HttpAnswer {
  const body = JSON.parse(whole.text) as SubgraphBody;
  const errors = entities.flatMap((entity, index) =>
    entity.errors.map((error) => ({ ...error, path: ['_entities', index, ...(error.path ?? [])] })),
  );
  const { errors: _, ...rest } = body;
  const changed = {
    ...rest,
    ...(errors.length > 0 ? { errors } : {}),
    data: { ...body.data, _entities: entities.map(({ value }) => value) },
  };
  return { ...whole, text: JSON.stringify(changed) };
}
