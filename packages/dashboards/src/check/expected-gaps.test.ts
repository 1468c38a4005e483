import type { Dashboard, Panel } from '../model/dashboard';
import { type ExpectedGap, gapList } from './expected-gaps';
import { recordingAllowance } from './optional-programs';

const dashboard: Dashboard = { uid: 'shop', title: 'Shop', description: 'Text.', rows: [] };
const place = (legend: string, variableValue?: string, expr = 'a_total') => {
  const query = { expr, legend };
  const panel: Panel = {
    ...{ title: 'Refunds', unit: 'short', description: 'Text.', runbook: 'anchor', queries: [query] },
  };
  return { dashboard, panel, query, variableValue };
};
const gap = (more: Partial<ExpectedGap>): ExpectedGap => ({
  ...{ dashboard: 'shop', panel: 'Refunds', state: 'zero', because: 'reason' },
  ...more,
});

describe('gapList', () => {
  it.each([
    [gap({}), 'open', undefined, 'zero', 'reason'],
    [gap({}), 'open', undefined, 'empty', undefined],
    [gap({ state: 'zero or empty' }), 'open', undefined, 'empty', 'reason'],
    [gap({ legend: 'failed' }), 'open', undefined, 'zero', undefined],
    [gap({ panel: 'Orders' }), 'open', undefined, 'zero', undefined],
    [gap({ dashboard: 'gateway' }), 'open', undefined, 'zero', undefined],
    [gap({ services: ['user', 'order'] }), 'open', 'order', 'zero', 'reason'],
    [gap({ services: ['user', 'order'] }), 'open', 'payment', 'zero', undefined],
  ] as const)('%j allows %s of %s to be %s because of %s', (entry, legend, service, state, reason) => {
    expect(gapList([entry]).allowance(place(legend, service), state)).toBe(reason);
  });

  it('names the entries that no query needed, one for each service', () => {
    const gaps = gapList([gap({ services: ['user', 'order'], legend: 'open' }), gap({})]);
    gaps.allowance(place('open', 'user'), 'zero');
    expect(gaps.unneeded()).toEqual([
      'shop (order) / Refunds / open: expected zero, which it is not',
      'shop / Refunds: expected zero, which it is not',
    ]);
  });
});

describe('recordingAllowance', () => {
  const allowance = recordingAllowance(gapList([]), ['prometheus-postgres-exporter']);

  it.each([
    ['max(pg_up)', 'empty', 'prometheus-postgres-exporter is not installed'],
    ['sum(rate(shop_pg_wal_bytes[5m]))', 'empty', 'prometheus-postgres-exporter is not installed'],
    ['max(pg_up)', 'zero', undefined],
    ['pg_up * up', 'empty', undefined],
    ['max(nats_stream_bytes)', 'empty', undefined],
  ] as const)('%s may be %s because %s', (expr, state, reason) => {
    expect(allowance(place('legend', undefined, expr), state)).toBe(reason);
  });
});
