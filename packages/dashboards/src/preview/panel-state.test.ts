import { absentIsHealthy, type Panel, zeroIsHealthy } from '../model/dashboard';
import { isAllowed, stateOf } from './panel-state';

const panel = (quiet?: Panel['quiet']): Panel => ({
  ...{ title: 'Title', unit: 'short', description: 'Text.', runbook: 'anchor', queries: [] },
  ...(quiet && { quiet }),
});
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
  ['data', undefined, undefined, true],
  ['zero', undefined, undefined, false],
  ['empty', undefined, undefined, false],
  ['zero', zeroIsHealthy('reason'), undefined, true],
  ['empty', zeroIsHealthy('reason'), undefined, false],
  ['empty', absentIsHealthy('reason'), undefined, true],
  ['zero', absentIsHealthy('reason'), 'order', true],
  ['empty', absentIsHealthy('reason', ['gateway']), 'gateway', true],
  ['empty', absentIsHealthy('reason', ['gateway']), 'order', false],
] as const)('a panel with %s and %j, for %s: allowed %s', (state, quiet, value, allowed) => {
  expect(isAllowed(panel(quiet), state, value)).toBe(allowed);
});
