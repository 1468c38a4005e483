import { reportAsMetrics } from './report';
import { createTally } from './tally';

it('prints the report in the text format of Prometheus', () => {
  const tally = createTally(60_000);
  tally.take([
    { invariant: 'stock-conserved', problem: 'product A', sinceMs: 0 },
    { invariant: 'order-decided', problem: 'order B', sinceMs: 59_000 },
  ]);
  tally.warn('payment');
  const text = reportAsMetrics({ ...tally.close(), since: null, booksRead: [] });
  expect(text).toContain('# TYPE shop_invariant_breaches gauge\n');
  expect(text).toContain('shop_invariant_breaches{invariant="stock-conserved"} 1\n');
  expect(text).toContain('shop_invariant_breaches{invariant="order-decided"} 0\n');
  expect(text).toContain('shop_invariant_under_way{invariant="order-decided"} 1\n');
  expect(text).toContain('shop_dead_letters{service="payment"} 1\n');
  expect(text).toContain('shop_reconciled_timestamp_seconds 60\n');
  expect(text).toContain('shop_reconciled_since_timestamp_seconds 0\n');
});
