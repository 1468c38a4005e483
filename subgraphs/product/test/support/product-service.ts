import { randomUUID } from 'node:crypto';
import { createServiceLogger } from '@shop/kit/service';
import { connect } from '../../src/data-source';
import { loadProductSettings } from '../../src/config';
import { startProduct } from '../../src/service';
import { exportStockState } from '../../src/operations/state-export';
import type { StockRecord } from '../../src/operations/state.repository';
import { cloneDatabase } from '@shop/testkit/database';
import { graphql, type GraphqlBody } from '@shop/testkit/http';
import { serviceCredential, serviceEnvironmentFor, userToken } from '@shop/testkit/keys';

/** The user of a request and the service that sends it. */
export interface Caller {
  as?: 'admin' | 'customer' | 'anonymous';
  /** Default gateway. */
  caller?: string;
  userId?: string;
}

export type ProductService = Awaited<ReturnType<typeof startProductService>>;

/** The subgraph over HTTP with a database of its own, and a connection to that database. */
export async function startProductService() {
  const database = await cloneDatabase('product');
  const settings = loadProductSettings(serviceEnvironmentFor('product', database.url));
  const service = await startProduct(settings, createServiceLogger('product', settings));
  const dataSource = await connect({ DATABASE_URL: database.url });
  const send = graphql(service.url);
  const adminId = randomUUID();

  function headersOf({ as = 'anonymous', caller = 'gateway', userId }: Caller) {
    const role = as === 'admin' ? 'ADMIN' : 'CUSTOMER';
    const token = as === 'anonymous' ? undefined : userToken({ userId: userId ?? adminId, role });
    return {
      headers: { 'x-service-authorization': `Bearer ${serviceCredential(caller, 'product')}` },
      ...(token ? { token } : {}),
    };
  }

  return {
    url: service.url,
    databaseUrl: database.url,
    dataSource,
    stockMismatches: () => stockMismatches(database.url),
    /** The whole response with its headers. */
    send: <Data>(query: string, variables: object = {}, from: Caller = {}) =>
      send<Data>(query, { variables: { ...variables }, ...headersOf(from) }),
    async stop() {
      await dataSource.destroy();
      await service.stop();
      await database.drop();
    },
  };
}

/** Products that break `stock + held + committed = Σ ledger`, or whose sums differ from their records. */
async function stockMismatches(databaseUrl: string): Promise<StockRecord[]> {
  const mismatches: StockRecord[] = [];
  for await (const record of exportStockState(databaseUrl) as AsyncIterable<StockRecord>) {
    const { kind, stock, held, committed, ledger, sums } = record;
    if (kind !== 'product') continue;
    const agree = stock + held + committed === ledger;
    if (!agree || sums?.reserved !== held + committed || sums.ledger !== ledger) mismatches.push(record);
  }
  return mismatches;
}

/** The data of a response. @throws Error if it has errors */
export function dataOf<Data>({ body }: { body: GraphqlBody<Data> }): Data {
  if (body.errors || !body.data) throw new Error(`No data: ${JSON.stringify(body.errors)}`);
  return body.data;
}

/** `extensions.code` of the first error of a response. */
export function errorCodeOf({ body }: { body: GraphqlBody<unknown> }): unknown {
  return body.errors?.[0]?.extensions?.['code'];
}
