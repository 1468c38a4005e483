import { randomUUID } from 'node:crypto';
import { recordOf, type SubgraphName, subgraphNames } from '@shop/local-stack/stack';
import { Pool } from 'pg';
import { type Counts, countsBetween } from '../../../counters/counters';
import type { Connection } from '../../../load/connection';
import { assertNoFailures, closedLoop, type LoopResult, withConnections } from '../closed-loop';
import { checkouts } from '../customer';
import type { MeasuredShop } from '../measured-shop';
import { recordCheckouts, type Recording } from './recording';
import { startReplay } from './replay';

export interface FloorResult extends LoopResult {
  customers: number;
  countedOrders: number;
  counts: Counts;
}

/** The default DATABASE_POOL_SIZE of the services. */
const poolSize = 10;
const recordedCheckouts = 128;
const connectMs = 500;

/** Records checkouts of `customers` customers through GraphQL, then suspends the shop. */
export async function recordFloor(shop: MeasuredShop, customers: number): Promise<Recording> {
  const { superuserUrl, productIds } = shop;
  await shop.resume();
  const recording = await withConnections(shop.stack.gatewayUrl, customers, async (connections) => {
    /** Each checkout has its own user. */
    async function placeOrders(limits: { durationMs: number; maximum?: number }) {
      const userIds: string[] = [];
      const loop = await closedLoop({
        ...{ clients: customers, ...limits },
        async work(client) {
          const userId = randomUUID();
          const productId = productIds[userIds.push(userId) % productIds.length] as string;
          const connection = connections[client] as Connection;
          await checkouts.GraphQL({ connection, token: shop.newToken(userId), productId });
        },
      });
      assertNoFailures(loop);
      await shop.untilDone();
      return userIds;
    }
    await placeOrders({ durationMs: connectMs });
    const work = () => placeOrders({ durationMs: Infinity, maximum: recordedCheckouts });
    return recordCheckouts({ superuserUrl, work, sharedIds: productIds });
  });
  await shop.suspend();
  return recording;
}

/** Replays only the statements of checkouts, while the shop is suspended. */
export async function measureFloor(input: {
  shop: MeasuredShop;
  recording: Recording;
  customers: number;
  durationMs: number;
}): Promise<FloorResult> {
  const { shop, recording, customers, durationMs } = input;
  const before = await shop.readCounters();
  const { loop, countedOrders } = await withPools(shop, async (pools) => {
    const { runCheckout: work, untilDone } = startReplay(recording, pools);
    const first = await closedLoop({ clients: customers, durationMs: connectMs, work });
    await untilDone();
    const loop = await closedLoop({ clients: customers, durationMs, work });
    assertNoFailures(first);
    assertNoFailures(loop);
    await untilDone();
    return { loop, countedOrders: loop.latenciesMs.length + first.latenciesMs.length };
  });
  return { ...loop, customers, countedOrders, counts: countsBetween(before, await shop.readCounters()) };
}

async function withPools<Result>(
  { databaseUrls }: MeasuredShop,
  work: (pools: Record<SubgraphName, Pool>) => Promise<Result>,
): Promise<Result> {
  const pools = recordOf(
    subgraphNames,
    (name) => new Pool({ connectionString: databaseUrls[name], max: poolSize }),
  );
  try {
    return await work(pools);
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
}
