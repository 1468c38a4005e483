import type { ExpectedGap } from './expected-gaps';

const noDatabase = 'the gateway has no database';
const callsNone = 'the service calls no other';

/** A recording fails if one of these has data, and if another query has none. */
export const recordingGaps: readonly ExpectedGap[] = [
  {
    ...{ dashboard: 'shop', panel: 'Stock breaches', state: 'zero' },
    because: 'stock must match its records also after incidents',
  },
  {
    ...{ dashboard: 'gateway', panel: 'Rejected operations', legend: 'cannot be planned', state: 'zero' },
    because: 'no valid operation is known that the planner rejects',
  },
  {
    ...{ dashboard: 'service', panel: 'Gauges that could not be read', services: ['gateway'] },
    ...{ state: 'zero', because: noDatabase },
  },
  ...[
    ...['Connections of the pool', 'Statements', 'Duration of statements, p99', 'Failed statements'],
    'Deleted rows whose retention has ended',
  ].map((panel): ExpectedGap => ({
    ...{ dashboard: 'service', panel, services: ['gateway'], state: 'empty', because: noDatabase },
  })),
  ...['Duration of calls, p99', 'Failed calls', 'Circuit breakers'].map((panel): ExpectedGap => ({
    ...{ dashboard: 'service', panel, services: ['user', 'product'], state: 'empty', because: callsNone },
  })),
  {
    ...{ dashboard: 'service', panel: 'Circuit breakers', services: ['payment'], state: 'zero' },
    because: 'the service calls order only to deliver events if there is no broker',
  },
  {
    ...{ dashboard: 'service', panel: 'Deleted rows whose retention has ended', services: ['user'] },
    ...{ state: 'empty', because: 'the service has no retention' },
  },
  {
    ...{ dashboard: 'service', panel: 'Deleted rows whose retention has ended' },
    ...{ services: ['product', 'order', 'payment'], state: 'zero or empty' },
    because: 'the shortest retention is a day, and the first search may come after a minute',
  },
];
