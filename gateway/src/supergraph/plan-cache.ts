import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { counter } from '@shop/kit/metrics';
import type { PreparedOperation } from '../execution/prepared-operation';

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

/** The planned operations of one supergraph, counted. */
export class PlanCache extends InMemoryLRUCache<PreparedOperation> {
  constructor() {
    super({
      maxSize: maximumBytes,
      sizeCalculation: ({ plan }) => InMemoryLRUCache.sizeCalculation(plan),
    });
  }

  override async get(key: string): Promise<PreparedOperation | undefined> {
    const operation = await super.get(key);
    (operation ? hits : misses).inc();
    return operation;
  }

  get entries(): number {
    return this.keys().length;
  }
}
