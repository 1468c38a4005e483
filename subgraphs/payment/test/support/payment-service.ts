import { randomUUID } from 'node:crypto';
import type { Role } from '@shop/access';
import { createLogger } from '@shop/kit/logger';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase } from '@shop/testkit/database';
import { graphql, type GraphqlBody } from '@shop/testkit/http';
import { serviceCredential, serviceEnvironmentFor, userToken } from '@shop/testkit/keys';
import { loadPaymentSettings } from '../../src/config';
import { startPayment } from '../../src/service';
import { type OrderSubscriber, startOrderSubscriber } from './order-subscriber';

/** The calling service and the user of a request. */
export interface Call {
  caller?: string;
  viewer?: { userId: string; role?: Role };
}

export interface Attempt {
  orderId: string;
  attempt: number;
  userId: string;
  amountCents: number;
  currency: string;
  paymentMethod?: string | null;
  returnUrl?: string | null;
}

// Tests read results of every shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyData = any;

/** The payment subgraph in this process with its own database, and the subscriber of its events. */
export interface PaymentService {
  /** http://host:port */
  url: string;
  databaseUrl: string;
  subscriber: OrderSubscriber;
  execute(query: string, variables?: Record<string, unknown>, call?: Call): Promise<GraphqlBody<AnyData>>;
  /**
   * Calls createPaymentIntent as the order subgraph; returns the field of `data`, or throws the
   * error.
   */
  charge(attempt: Attempt): Promise<{ paymentId: string; outcome: string; failureCode: string | null }>;
  refund(orderId: string): Promise<{ outcome: string }>;
  statusOf(paymentId: string): Promise<string>;
  /** Reads `Payment.nextAction` as a viewer; returns it with the code of its error. */
  nextActionOf(paymentId: string, viewer: NonNullable<Call['viewer']>): Promise<ReadAction>;
  /** Ends a simulated authentication; returns the `__typename` of the result. */
  authenticate(clientSecret: string, outcome: 'SUCCEEDED' | 'FAILED'): Promise<string>;
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** `errorPath`: the path of the error that made it null. */
export interface ReadAction {
  nextAction: { type: string; clientSecret: string; redirectUrl: string | null } | null;
  errorPath: string | undefined;
}

/** The first attempt of a new order. */
export function newAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    orderId: randomUUID(),
    attempt: 1,
    userId: randomUUID(),
    amountCents: 4_200,
    currency: 'EUR',
    paymentMethod: 'sim_success',
    ...changes,
  };
}

export async function startPaymentService(env: Record<string, string> = {}): Promise<PaymentService> {
  const database = await cloneDatabase('payment');
  const subscriber = await startOrderSubscriber();
  const settings = loadPaymentSettings({
    ...serviceEnvironmentFor('payment', database.url),
    ORDER_URL: subscriber.url,
    ...env,
  });
  const logger = createLogger({ service: 'payment' });
  // Silent, because tests cause failures on purpose.
  logger.silent = true;
  const service = await startPayment(settings, logger);

  const execute: PaymentService['execute'] = async (query, variables = {}, call = {}) => {
    const credential = serviceCredential(call.caller ?? 'gateway', 'payment');
    const { body } = await graphql(service.url)(query, {
      variables,
      headers: { 'x-service-authorization': `Bearer ${credential}` },
      ...(call.viewer ? { token: userToken(call.viewer) } : {}),
    });
    return body;
  };

  async function mutate(query: string, variables: Record<string, unknown>): Promise<AnyData> {
    const { data, errors } = await execute(query, variables, { caller: 'order' });
    if (errors) throw new Error(`${String(errors[0]?.extensions?.['code'])}: ${errors[0]?.message}`);
    return data;
  }

  const sql: PaymentService['sql'] = <Row>(text: string, values: unknown[] = []) =>
    withClient(database.url, async (client) => (await client.query(text, values)).rows as Row[]);

  return {
    url: service.url,
    databaseUrl: database.url,
    subscriber,
    execute,
    sql,
    async charge(attempt) {
      const query = `mutation ($input: CreatePaymentIntentInput!) {
        createPaymentIntent(input: $input) { paymentId outcome failureCode }
      }`;
      return (await mutate(query, { input: attempt })).createPaymentIntent;
    },
    async refund(orderId) {
      const query = 'mutation ($orderId: ID!) { refundPayment(orderId: $orderId) { outcome } }';
      return (await mutate(query, { orderId })).refundPayment;
    },
    async nextActionOf(paymentId, viewer) {
      const query = `query ($id: ID!) {
        payment(id: $id) { status nextAction { type clientSecret redirectUrl } }
      }`;
      const { data, errors } = await execute(query, { id: paymentId }, { viewer });
      return { nextAction: data.payment?.nextAction ?? null, errorPath: errors?.[0]?.path?.join('.') };
    },
    async authenticate(clientSecret, outcome) {
      const query = `mutation ($input: SimulateAuthenticationInput!) {
        simulateAuthentication(input: $input) { __typename }
      }`;
      const viewer = { userId: randomUUID() };
      const { data, errors } = await execute(query, { input: { clientSecret, outcome } }, { viewer });
      if (errors) throw new Error(String(errors[0]?.extensions?.['code']));
      return data.simulateAuthentication.__typename;
    },
    async statusOf(paymentId) {
      const [row] = await sql<{ status: string }>('SELECT status FROM payments WHERE id = $1', [paymentId]);
      return row?.status ?? 'none';
    },
    async stop() {
      await service.stop();
      await subscriber.stop();
      await database.drop();
    },
  };
}
