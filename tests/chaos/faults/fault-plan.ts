import { subgraphNames } from '@shop/local-stack/stack';
import type { ChaosOptions } from '../options/options';
import type { Random } from '../random/random';
import {
  crashDatabase,
  disruptNetwork,
  freeze,
  kill,
  type Fault,
  stopDatabase,
  networkFaultNames,
} from './fault';

const networkFaultMs = 3_000;
const shopServices = ['product', 'order', 'payment'] as const;

/** Faults in an order that the seed decides. The full size has each kind at each service. */
export function planFaults(options: ChaosOptions, random: Random): Fault[] {
  const { size, databaseStoppedMs, longestStopMs } = options;
  if (size === 'small') {
    return random.shuffle([
      freeze(random.pick(shopServices), longestStopMs),
      kill('gateway'),
      random.pick([crashDatabase, stopDatabase(databaseStoppedMs)]),
      disruptNetwork(random.pick(shopServices), random.pick(networkFaultNames), 1_000),
    ]);
  }
  // Each service is stopped once, one of them for the longest time that is tolerated.
  const lengths = random.shuffle([2_000, 5_000, 20_000, longestStopMs]);
  const frozen = random.shuffle(['gateway', ...shopServices] as const);
  return random.shuffle([
    ...frozen.map((service, index) => freeze(service, lengths[index]!)),
    ...(['gateway', ...subgraphNames] as const).map(kill),
    crashDatabase,
    stopDatabase(databaseStoppedMs),
    ...shopServices.flatMap((service) =>
      networkFaultNames.map((name) => disruptNetwork(service, name, networkFaultMs)),
    ),
  ]);
}
