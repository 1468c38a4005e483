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

/**
 * A plan is counted with the size of its JSON, and takes a multiple of it: clients that send any
 * number of operations must not fill the heap, which `--max-old-space-size` limits.
 */
const maximumBytes = 8 * 1_024 * 1_024;

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
