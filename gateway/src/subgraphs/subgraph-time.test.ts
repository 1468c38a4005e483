import { SubgraphTime } from './subgraph-time';

describe('SubgraphTime', () => {
  let nowMs = 0;
  beforeEach(() => {
    nowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => jest.restoreAllMocks());

  /** Fetches as [start, end] in milliseconds. */
  function totalOf(fetches: readonly (readonly [number, number])[]): number {
    const time = new SubgraphTime();
    const steps = fetches.flatMap(([start, end]) => [
      { atMs: start, run: () => time.begin() },
      { atMs: end, run: () => time.end() },
    ]);
    for (const { atMs, run } of steps.toSorted((one, other) => one.atMs - other.atMs)) {
      nowMs = atMs;
      run();
    }
    return time.totalMs();
  }

  it.each([
    [
      'one after the other',
      [
        [0, 10],
        [20, 25],
      ],
      15,
    ],
    [
      'that overlap',
      [
        [0, 10],
        [5, 20],
      ],
      20,
    ],
    [
      'of which one contains the other',
      [
        [0, 30],
        [5, 20],
      ],
      30,
    ],
  ] as const)('counts fetches %s by the time in which any is in progress', (_what, fetches, total) => {
    expect(totalOf(fetches)).toBe(total);
  });

  it('counts a fetch that has not ended until now', () => {
    const time = new SubgraphTime();
    time.begin();
    nowMs = 7;
    expect(time.totalMs()).toBe(7);
  });
});
