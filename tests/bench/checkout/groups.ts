import { subgraphNames } from '@shop/local-stack/stack';
import { callsOf, type DatabaseCounts } from '../../counters/counters';
import { median, rounded } from '../statistics';
import { type CheckoutRun, shopNames } from './checkout-run';
import { kinds, type PhaseResult } from './phase';

/** The phases that one line of the report summarizes, one per round. */
export type Group = Pick<PhaseResult, 'shop' | 'kind' | 'customers'> & { phases: PhaseResult[] };

/** @returns the groups in the order of the report */
export function groupsOf({ phases, options }: CheckoutRun): Group[] {
  return Object.values(shopNames).flatMap((shop) =>
    options.customers.flatMap((customers) =>
      kinds
        .map((kind) => ({
          ...{ shop, kind, customers },
          phases: phases.filter(
            (phase) => phase.shop === shop && phase.kind === kind && phase.customers === customers,
          ),
        }))
        .filter((group) => group.phases.length > 0),
    ),
  );
}

export const total = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((sum, value) => sum + value, 0);

export const medianOf = ({ phases }: Group, metric: (phase: PhaseResult) => number): number =>
  median(phases.map(metric));

/** The median, and the lowest and highest round in parentheses. */
export function spread(group: Group, metric: (phase: PhaseResult) => number): string {
  const values = group.phases.map(metric);
  const middle = rounded(median(values));
  if (values.length === 1) return String(middle);
  return `${middle} (${rounded(Math.min(...values))}–${rounded(Math.max(...values))})`;
}

/** Counters, and the number of orders that were placed while they were counted. */
export type Counted = Pick<PhaseResult, 'counts' | 'countedOrders'>;

export const statementsIn = ({ statements }: DatabaseCounts): number => callsOf(statements);

export const cpuMsPerOrder = ({ cpuMs, orders }: PhaseResult): number => total(cpuMs) / orders;

/** A count per order, summed over all databases. */
export const perOrder =
  (count: (counts: DatabaseCounts) => number) =>
  ({ counts, countedOrders }: Counted): number =>
    subgraphNames.reduce((sum, name) => sum + count(counts.databases[name]), 0) / countedOrders;

export const writesPerOrder = ({ counts, countedOrders }: Counted): number =>
  counts.writingTransactions / countedOrders;

/** A statement with less WAL per call is a read that only pruned pages. */
const writesWalBytes = 50;

const simulatorWritesPerOrder = perOrder(({ simulatorStatements }) =>
  callsOf(simulatorStatements.filter(({ calls, walBytes }) => walBytes / calls >= writesWalBytes)),
);

/** Without those of the payment simulator, whose statements are one transaction each. */
export const ownWritesPerOrder = (counted: Counted): number =>
  writesPerOrder(counted) - simulatorWritesPerOrder(counted);

export const statementsPerOrder = perOrder(statementsIn);
