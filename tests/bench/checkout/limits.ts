import { median, rounded } from '../statistics';
import type { BenchReport } from '../report';
import { type CheckoutRun, shopNames } from './checkout-run';
import {
  cpuMsPerOrder,
  type Group,
  medianOf,
  ownWritesPerOrder,
  perOrder,
  statementsPerOrder,
  total,
  writesPerOrder,
} from './groups';
import type { PhaseKind } from './phase';

const limits = {
  statements: 30,
  writes: 12,
  cpuMs: 25,
  ratio: 4,
  floor: 0.4,
  rest: 0.1,
  hot: 0.6,
  floorWork: 0.15,
};
const idleLimits = { cpuMs: 25, commits: 10 };

/** Compares the measurements of this commit with its limits, for each number of customers. */
export function checkLimits({ floors, idle }: CheckoutRun, groups: readonly Group[]): BenchReport['limits'] {
  const find = (kind: PhaseKind, customers: number, shop: string = shopNames.current) =>
    groups.find((group) => group.kind === kind && group.customers === customers && group.shop === shop);
  return groups
    .filter(({ shop, kind }) => shop === shopNames.current && kind === 'GraphQL')
    .flatMap((group) => {
      const { customers } = group;
      const at = `with ${customers} customers`;
      const speedOf = (other: Group | undefined) =>
        other ? medianOf(other, ({ perSecond }) => perSecond) : Number.NaN;
      const cpuOf = (other: Group | undefined) => (other ? medianOf(other, cpuMsPerOrder) : Number.NaN);
      const ownFloors = floors.filter((found) => found.customers === customers);
      const floor = median(ownFloors.map(({ perSecond }) => perSecond));
      const floorWork = [statementsPerOrder, ownWritesPerOrder].map((metric) => ({
        ofFloor: median(ownFloors.map(metric)),
        ofShop: medianOf(group, metric),
      }));
      const speed = speedOf(group);
      const statements = medianOf(group, statementsPerOrder);
      const writes = medianOf(group, writesPerOrder);
      const notifies = medianOf(
        group,
        perOrder((counts) => counts.notifies),
      );
      const hot = speedOf(find('hot-sku', customers)) / speed;
      const rest = cpuOf(find('REST', customers)) / cpuOf(group);
      const ratio = speed / speedOf(find('GraphQL', customers, shopNames.baseline));
      const percent = (share: number) => `${rounded(share * 100)} %`;
      return [
        {
          text: `${at}: at most ${limits.statements} statements and ${limits.writes} writing transactions per checkout, and no NOTIFY: ${rounded(statements)}, ${rounded(writes)} and ${rounded(notifies)}`,
          isMet: statements <= limits.statements && writes <= limits.writes && notifies === 0,
        },
        {
          text: `${at}: at most ${limits.cpuMs} ms of CPU per order in all processes: ${rounded(cpuOf(group))} ms`,
          isMet: cpuOf(group) <= limits.cpuMs,
        },
        {
          text: `${at}: at least ${percent(limits.floor)} of the floor's checkouts: ${percent(speed / floor)}`,
          isMet: speed / floor >= limits.floor,
        },
        {
          text: `${at}: the floor makes as many statements and writing transactions per checkout as the shop without its simulator, within ${percent(limits.floorWork)}: ${floorWork.map(({ ofFloor, ofShop }) => `${rounded(ofFloor)} instead of ${rounded(ofShop)}`).join(' and ')}`,
          isMet: floorWork.every(({ ofFloor, ofShop }) => Math.abs(ofFloor / ofShop - 1) <= limits.floorWork),
        },
        {
          text: `${at}: the CPU of REST is within ${percent(limits.rest)} of GraphQL's: ${rounded(rest)} times`,
          isMet: rest <= 1 + limits.rest,
        },
        {
          text: `${at}: one product for all sells at least ${percent(limits.hot)} of the orders of many products: ${percent(hot)}`,
          isMet: hot >= limits.hot,
        },
        ...(Number.isNaN(ratio)
          ? []
          : [
              {
                text: `${at}: at least ${limits.ratio} times the baseline's orders: ${rounded(ratio)} times`,
                isMet: ratio >= limits.ratio,
              },
            ]),
      ];
    })
    .concat(
      idle
        .filter(({ shop }) => shop === shopNames.current)
        .map(({ cpuMs, commits }) => ({
          text: `idle: at most ${idleLimits.cpuMs} ms of CPU and ${idleLimits.commits} commits per second: ${rounded(total(cpuMs))} ms and ${rounded(commits)}`,
          isMet: total(cpuMs) <= idleLimits.cpuMs && commits <= idleLimits.commits,
        })),
    );
}
