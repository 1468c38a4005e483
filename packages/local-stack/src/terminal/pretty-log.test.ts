import { prettyLog } from './pretty-log';

it('prints the number and period of repeated warnings, and no request IDs', () => {
  const entry = {
    timestamp: '2026-11-26T23:34:43.990Z',
    level: 'warn',
    message: 'subgraph request failed',
    subgraph: 'product',
    repeated: 198,
    inSeconds: 10,
    requestIds: ['a', 'b'],
  };
  expect(prettyLog('gateway', JSON.stringify(entry), false)).toBe(
    '23:34:43.990 gateway warn  subgraph request failed … repeated 198 times in 10 s subgraph="product"',
  );
});
