import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subgraphNames } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { Kind, parse } from 'graphql';
import { type Answer, firstDifference } from './compare';
import { createFixture, type Fixture } from './fixture';
import type { Operation } from './operation';
import { RecordedSubgraphs } from './recorded-subgraphs';
import { type StockGateway, startStockGateway } from './stock-gateway';

/** Longer than a healthy request takes on a busy machine. */
const queryTimeoutMs = 6_000;

/** A gateway that does not respond is an error of its own. */
const requestTimeoutMs = 30_000;

/** The limits have tests of their own, and the stock gateway has none. */
const withoutLimits = {
  ...{ GRAPHQL_MAX_TOKENS: '100000', GRAPHQL_MAX_SELECTIONS: '100000', GRAPHQL_MAX_DEPTH: '1000' },
  ...{ GRAPHQL_MAX_ALIASES: '10000', GRAPHQL_MAX_ROOT_FIELDS: '1000', GRAPHQL_MAX_DIRECTIVES: '10000' },
  ...{ GRAPHQL_COST_MODE: 'measure', SUBGRAPH_TIMEOUT_MS: '60000' },
};

const supergraphFile = join(__dirname, '../../../gateway/supergraph.graphql');

/** Fetches from every subgraph. */
const everySubgraph = `query ($productId: ID!, $orderId: ID!, $paymentId: ID!) {
  me { id } product(id: $productId) { sku } order(id: $orderId) { status } payment(id: $paymentId) { status }
}`;

/** The gateway of a stack and the stock gateway, with the same subgraphs. */
export class TwoGateways {
  private constructor(
    private readonly stack: TestStack,
    private readonly stock: StockGateway,
    private readonly subgraphs: RecordedSubgraphs,
    readonly fixture: Fixture,
  ) {}

  static async start(): Promise<TwoGateways> {
    const subgraphs = new RecordedSubgraphs();
    await subgraphs.start();
    const urls = Object.fromEntries(
      subgraphNames.map((name) => [`${name.toUpperCase()}_URL`, subgraphs.urlOf(name)]),
    );
    const stack = await startTestStack({
      ports: subgraphs.ports,
      serviceEnv: {
        gateway: { ...urls, ...withoutLimits, SUBGRAPH_QUERY_TIMEOUT_MS: String(queryTimeoutMs) },
        user: { LOGIN_FAILURES_PER_ADDRESS: '100000', REGISTRATIONS_PER_ADDRESS: '100000' },
        order: { ORDER_TTL_SECONDS: '86400', OPEN_ORDERS_PER_CUSTOMER: '100000' },
      },
    });
    const stock = await startStockGateway(readFileSync(supergraphFile, 'utf8'), (name) =>
      subgraphs.urlOf(name),
    );
    subgraphs.passThrough();
    return new TwoGateways(stack, stock, subgraphs, await createFixture(stack));
  }

  /**
   * Executes an operation with both gateways.
   *
   * @returns a report of the first difference between the responses; '' if there is none
   */
  async differenceOf(operation: Operation): Promise<string> {
    const request = this.requestOf(operation);
    const healthy = operation.fault && !isMutation(operation) ? await this.healthyAnswer(request) : undefined;
    this.subgraphs.record(operation.fault);
    const ours = await send(this.oursUrl, request);
    this.subgraphs.replay();
    const stock = await send(this.stock.url, request);
    if (operation.fault?.instead || operation.fault?.isCut) await this.waitUntilHealthy();
    const difference = firstDifference(ours, stock, healthy);
    if (!difference) return '';
    const { query, viewer = 'customer', fault } = operation;
    return [
      `${query}\nvariables: ${JSON.stringify(request.body.variables)}, viewer: ${viewer}`,
      ...(fault ? [`fault: ${describeFault(fault)}`] : []),
      `difference at ${difference.at}`,
      `  ours:  ${JSON.stringify(difference.ours)}`,
      `  stock: ${JSON.stringify(difference.stock)}`,
      `responses\n  ours:  ${excerpt(ours)}\n  stock: ${excerpt(stock)}`,
    ].join('\n');
  }

  /** Sends all queries of all viewers at once. @returns reports of the differences */
  async differencesOfConcurrent(queries: readonly string[]): Promise<string[]> {
    const viewers = ['customer', 'other', 'admin', 'visitor', 'customer', 'admin'] as const;
    const tokens = new Map(viewers.map((viewer) => [viewer, this.fixture.tokenOf(viewer)] as const));
    const requests = queries.flatMap((query) =>
      viewers.map((viewer) => ({ ...this.requestOf({ query }), token: tokens.get(viewer) })),
    );
    this.subgraphs.record();
    const ours = await Promise.all(requests.map((request) => send(this.oursUrl, request)));
    this.subgraphs.replay();
    const reports: string[] = [];
    for (const [index, request] of requests.entries()) {
      const difference = firstDifference(ours[index] as Answer, await send(this.stock.url, request));
      if (difference) reports.push(`${request.body.query}\n${JSON.stringify(difference)}`);
    }
    return reports;
  }

  /** @returns the ID of a new unpaid order */
  placeOrder(): Promise<string> {
    this.subgraphs.passThrough();
    return this.fixture.placeOrder();
  }

  async stop(): Promise<void> {
    await this.stock.stop();
    await this.stack.stop();
    this.subgraphs.stop();
  }

  private get oursUrl(): string {
    return `${this.stack.gatewayUrl}/graphql`;
  }

  /** Of the stock gateway, without the fault. */
  private healthyAnswer(request: ClientRequest): Promise<Answer> {
    this.subgraphs.record();
    return send(this.stock.url, request);
  }

  /** Circuit breakers are closed again. */
  private async waitUntilHealthy(): Promise<void> {
    await eventually(async () => {
      this.subgraphs.record();
      const { body } = await send(this.oursUrl, this.requestOf({ query: everySubgraph }));
      if (body.errors) throw new Error(`The gateway has not recovered: ${JSON.stringify(body.errors)}`);
    });
  }

  private requestOf({ query, variables, operationName, viewer = 'customer' }: Operation): ClientRequest {
    const { values, tokenOf } = this.fixture;
    const ofFixture = declaredVariables(query).filter((name) => Object.hasOwn(values, name));
    return {
      token: tokenOf(viewer),
      body: {
        query,
        variables: { ...Object.fromEntries(ofFixture.map((name) => [name, values[name]])), ...variables },
        operationName,
      },
    };
  }
}

interface ClientRequest {
  token: string | undefined;
  body: Pick<Operation, 'query' | 'variables'> & { operationName: string | undefined };
}

async function send(url: string, { token, body }: ClientRequest): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

function declaredVariables(query: string): string[] {
  try {
    return parse(query).definitions.flatMap((one) =>
      one.kind === Kind.OPERATION_DEFINITION
        ? (one.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
        : [],
    );
  } catch {
    return [];
  }
}

function isMutation({ query }: Operation): boolean {
  return /^\s*mutation\b/m.test(query);
}

function describeFault(fault: object): string {
  return JSON.stringify(fault, (_name, value: unknown) =>
    typeof value === 'function' ? String(value) : value,
  );
}

const longestExcerpt = 2_000;

function excerpt({ status, body }: Answer): string {
  return `${status} ${JSON.stringify(body)}`.slice(0, longestExcerpt);
}
