import { absentIsHealthy, type Dashboard, type Panel, zeroIsHealthy } from '../model/dashboard';
import { healthyShop, stateOf } from './query-panels';

const series = (...values: number[]) => ({
  labels: {},
  points: values.map((value, index) => [index, value] as const),
});

test.each([
  [[], 'empty'],
  [[series()], 'empty'],
  [[series(0, 0), series(0)], 'zero'],
  [[series(0, 0), series(0, 2)], 'data'],
])('stateOf(%j) is %s', (found, state) => {
  expect(stateOf(found)).toBe(state);
});

test.each([
  ['zero', undefined, undefined, undefined],
  ['empty', undefined, undefined, undefined],
  ['zero', zeroIsHealthy('reason'), undefined, 'reason'],
  ['empty', zeroIsHealthy('reason'), undefined, undefined],
  ['empty', absentIsHealthy('reason'), undefined, 'reason'],
  ['zero', absentIsHealthy('reason'), 'order', 'reason'],
  ['empty', absentIsHealthy('reason', ['gateway']), 'gateway', 'reason'],
  ['empty', absentIsHealthy('reason', ['gateway']), 'order', undefined],
] as const)('a query that is %s in a panel with %j, for %s: %s', (state, quiet, variableValue, reason) => {
  const query = { expr: 'a_total', legend: 'a' };
  const panel: Panel = {
    ...{ title: 'Title', unit: 'short', description: 'Text.', runbook: 'anchor', queries: [query] },
    ...(quiet && { quiet }),
  };
  const dashboard: Dashboard = { uid: 'uid', title: 'Title', description: 'Text.', rows: [] };
  expect(healthyShop({ dashboard, panel, query, variableValue }, state)).toBe(reason);
});
