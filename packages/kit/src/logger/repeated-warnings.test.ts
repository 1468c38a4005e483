import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type LogFields, RepeatedWarnings } from './repeated-warnings';

const warning = (requestId: string, other: LogFields = {}): LogFields => ({
  level: 'warn',
  message: 'subgraph request failed',
  subgraph: 'user',
  requestId,
  ...other,
});

function collect(windowSeconds?: number) {
  const written: LogFields[] = [];
  const warnings = new RepeatedWarnings((summary) => written.push(summary), windowSeconds);
  return { written, warnings };
}

describe('Equal warnings', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('are written once, and their repeats as one line with a count after 10 s', () => {
    const { written, warnings } = collect();
    const taken = Array.from({ length: 199 }, (_, index) => warnings.take(warning(`request ${index}`)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(10_000);
    expect(written).toMatchObject([{ message: 'subgraph request failed', repeated: 198, inSeconds: 10 }]);
    expect(written[0]?.['requestIds']).toHaveLength(100);
  });

  it('that continue are one line per 10 s, and start again after 10 s without one', () => {
    const { written, warnings } = collect();
    for (let second = 0; second < 30; second += 1) {
      warnings.take(warning('a'));
      jest.advanceTimersByTime(1_000);
    }
    expect(written.map(({ repeated }) => repeated)).toEqual([9, 10, 10]);
    jest.advanceTimersByTime(20_000);
    expect(warnings.take(warning('a'))).toBe(true);
  });

  it('are those with the same fields, except request IDs: no other warning is dropped', () => {
    const { warnings } = collect();
    expect(warnings.take(warning('a'))).toBe(true);
    expect(warnings.take(warning('a', { subgraph: 'order' }))).toBe(true);
    expect(warnings.take(warning('a', { level: 'error' }))).toBe(true);
    expect(warnings.take(warning('a', { error: { message: 'refused', stack: '1' } }))).toBe(true);
    expect(
      warnings.take(warning('b', { error: { message: 'refused', stack: '2' }, trace_id: 'c', span_id: 'd' })),
    ).toBe(false);
  });

  it.each<[string, (index: number) => LogFields]>([
    ['order step got no answer', () => ({ orderId: randomUUID(), step: 'PAYING', reason: 'no answer' })],
    ['payment provider did not answer', () => ({ paymentId: randomUUID(), error: { message: 'refused' } })],
    [
      'event could not be taken',
      () => ({ eventId: randomUUID(), error: { message: `${randomUUID()} vanished` } }),
    ],
    ['a webhook is about no payment of ours', (index) => ({ id: `evt_${index}`, provider: 'stripe' })],
    ['request failed', (index) => ({ reason: 'no answer', path: ['orders', 'nodes', index, 'payment'] })],
    ['slow', (index) => ({ durationMs: index, reason: `no answer within ${index} ms` })],
  ])('are those that differ only in IDs and numbers: "%s"', (message, fieldsOf) => {
    const { written, warnings } = collect();
    const taken = Array.from({ length: 300 }, (_, index) =>
      warnings.take({ level: 'warn', message, ...fieldsOf(index) }),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    warnings.flush();
    expect(written).toMatchObject([{ message, repeated: 299 }]);
  });

  it('are written with all their IDs, and without the numbers of the first one', () => {
    const { written, warnings } = collect();
    for (const orderId of ['a', 'b', 'c']) warnings.take(warning(orderId, { orderId, tookMs: 5 }));
    warnings.flush();
    expect(written).toEqual([
      {
        ...{ level: 'warn', message: 'subgraph request failed', subgraph: 'user' },
        ...{ repeated: 2, inSeconds: 1, requestIds: ['b', 'c'], orderIds: ['b', 'c'] },
      },
    ]);
  });

  it('do not include changes of state or other HTTP statuses: each is written', () => {
    const { warnings } = collect();
    for (const state of ['open', 'open', 'open'])
      expect(
        warnings.take({ level: 'warn', message: 'circuit breaker state changed', target: 'order', state }),
      ).toBe(true);
    for (const status of [500, 503]) expect(warnings.take(warning('a', { status }))).toBe(true);
  });

  it('of level error are written one by one up to 20 in a window, then counted with their IDs', () => {
    const { written, warnings } = collect();
    const fail = (orderId: string) =>
      warnings.take({ level: 'error', message: 'request failed', orderId, trace_id: `t${orderId}` });
    const taken = Array.from({ length: 1_000 }, (_, index) => fail(String(index)));
    expect(taken.filter(Boolean)).toHaveLength(20);
    jest.advanceTimersByTime(10_000);
    expect(written).toMatchObject([{ level: 'error', message: 'request failed', repeated: 980 }]);
    expect(written[0]?.['orderIds']).toHaveLength(100);
    // The storm continues: one line per window.
    expect(Array.from({ length: 1_000 }, (_, index) => fail(String(index))).filter(Boolean)).toEqual([]);
    jest.advanceTimersByTime(10_000);
    expect(written).toMatchObject([{ repeated: 980 }, { repeated: 1_000 }]);
  });

  it('are written one by one when the window is 0', () => {
    const { warnings } = collect(0);
    expect([warnings.take(warning('a')), warnings.take(warning('b'))]).toEqual([true, true]);
  });

  it('need bounded memory: the count of the oldest kind is written when there are too many kinds', () => {
    const { written, warnings } = collect();
    for (let kind = 0; kind < 1_000; kind += 1)
      for (const requestId of ['a', 'b']) warnings.take(warning(requestId, { kind: `k${kind}` }));
    expect(written).toHaveLength(800);
    warnings.flush();
    expect(written).toHaveLength(1_000);
    expect(written.every(({ repeated }) => repeated === 1)).toBe(true);
  });
});

it('The count of repeated warnings is written when the process ends', () => {
  const logger = join(__dirname, '../../dist/logger/index.js');
  const program = `
    const logger = require(${JSON.stringify(logger)}).createLogger({ service: 'test' });
    for (let i = 0; i < 199; i += 1) logger.warn('subgraph request failed', { subgraph: 'user' });
    logger.error('last');
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogFields);
  expect(lines.map(({ level, repeated }) => [level, repeated])).toEqual([
    ['warn', undefined],
    ['error', undefined],
    ['warn', 198],
  ]);
});
