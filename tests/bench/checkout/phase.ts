import { type Counts, countsBetween } from '../../counters/counters';
import { closedLoop, type LoopResult, withConnections } from './closed-loop';
import { customersOf, type Api } from './customer';
import { type MeasuredShop, type PerProcess, processNames } from './measured-shop';

export const kinds = ['GraphQL', 'REST', 'hot-sku'] as const;
/**
 * GraphQL, REST: each order is for one of many products, through this API. hot-sku: all orders are
 * for one product, through GraphQL.
 */
export type PhaseKind = (typeof kinds)[number];

export interface PhaseInput {
  kind: PhaseKind;
  customers: number;
  durationMs: number;
}

export interface PhaseResult extends PhaseInput, LoopResult {
  shop: string;
  /** Orders placed in the loop, to which the CPU times belong. */
  orders: number;
  /** Includes background work. */
  cpuMs: PerProcess;
  /** CPU time of the customers, in this process. */
  customersCpuMs: number;
  /** Time from the end of the last checkout to the end of all background work. */
  drainMs: number;
  /** Orders to which `counts` belong: those of the warm-up before the loop are included. */
  countedOrders: number;
  counts: Counts;
}

const connectMs = 500;

/**
 * Runs the phase and suspends the shop. The returned function waits until PostgreSQL's statistics
 * are complete.
 */
export async function runPhase(shop: MeasuredShop, input: PhaseInput): Promise<() => Promise<PhaseResult>> {
  const { kind, customers, durationMs } = input;
  const api: Api = kind === 'REST' ? 'REST' : 'GraphQL';
  const productIds = kind === 'hot-sku' ? shop.productIds.slice(0, 1) : shop.productIds;
  const before = await shop.resume();
  return withConnections(shop.stack.gatewayUrl, customers, async (connections) => {
    const work = customersOf({ connections, newToken: shop.newToken, api, productIds });
    // Opens all connections: from the customers, and from the services to their databases.
    const first = await closedLoop({ clients: customers, durationMs: connectMs, work });
    await shop.untilDone();
    const cpuBefore = shop.cpuMs();
    const ownCpu = process.cpuUsage();
    const loop = await closedLoop({ clients: customers, durationMs, work });
    const endedAt = performance.now();
    const { user, system } = process.cpuUsage(ownCpu);
    await shop.untilDone();
    const drainMs = Math.round(performance.now() - endedAt);
    const cpuMs = shop.cpuMs();
    for (const name of processNames) cpuMs[name] -= cpuBefore[name];
    const after = shop.suspend();
    const orders = loop.latenciesMs.length;
    return async () => ({
      ...{ ...input, ...loop, shop: shop.name, orders, cpuMs, drainMs },
      customersCpuMs: (user + system) / 1_000,
      countedOrders: orders + first.latenciesMs.length,
      counts: countsBetween(before, await after),
    });
  });
}
