import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { counter } from '@shop/kit/metrics';
import type { QueryPlan } from '../subgraphs/planned-fetches';

const hits = counter({
  name: 'gateway_plan_cache_hits_total',
  help: 'Operations whose query plan was in the cache.',
});

const misses = counter({
  name: 'gateway_plan_cache_misses_total',
  help: 'Operations that had to be planned.',
});

/** As the default of @apollo/gateway; the size of a plan is that of its JSON. */
const maximumBytes = 30 * 1_024 * 1_024;

/** The query plans of one supergraph, counted. */
export class PlanCache extends InMemoryLRUCache<QueryPlan> {
  constructor() {
    super({ maxSize: maximumBytes });
  }

  override async get(key: string): Promise<QueryPlan | undefined> {
    const plan = await super.get(key);
    (plan ? hits : misses).inc();
    return plan;
  }

  get entries(): number {
    return this.keys().length;
  }
}
