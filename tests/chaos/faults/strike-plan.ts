import { subgraphNames } from '@shop/local-stack/stack';
import type { ChaosOptions } from '../options/options';
import type { Random } from '../random/random';
import { crashDatabase, disturb, freeze, kill, type Strike, stopDatabase, troubleNames } from './strike';

const disturbedForMs = 3_000;
const shopServices = ['product', 'order', 'payment'] as const;

/** Which faults come in which order; the seed decides. The full size has each kind at each service. */
export function planStrikes(options: ChaosOptions, random: Random): Strike[] {
  const { size, databaseStoppedMs, longestStopMs } = options;
  if (size === 'small') {
    return random.shuffle([
      freeze(random.pick(shopServices), longestStopMs),
      kill('gateway'),
      random.pick([crashDatabase, stopDatabase(databaseStoppedMs)]),
      disturb(random.pick(shopServices), random.pick(troubleNames), 1_000),
    ]);
  }
  // Each service is stopped for a while, one of them as long as the shop has to bear.
  const lengths = random.shuffle([2_000, 5_000, 20_000, longestStopMs]);
  const frozen = random.shuffle(['gateway', ...shopServices] as const);
  return random.shuffle([
    ...frozen.map((service, index) => freeze(service, lengths[index]!)),
    ...(['gateway', ...subgraphNames] as const).map(kill),
    crashDatabase,
    stopDatabase(databaseStoppedMs),
    ...shopServices.flatMap((service) => troubleNames.map((name) => disturb(service, name, disturbedForMs))),
  ]);
}
