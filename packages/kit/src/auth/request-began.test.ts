import { tokenEvaluatedAtMs } from './viewer';

const now = 1_795_000_000_000;

describe("A request's token is evaluated", () => {
  it.each([
    ['when the request started', String(now - 4_000), now - 4_000],
    ['no longer ago than a request takes', String(now - 120_000), now - 30_000],
    ['not in the future', String(now + 1), now],
    ['now, where the header is missing', undefined, now],
    ['now, where the header is none', 'yesterday', now],
    ['now, where there are two headers', ['1', '2'], now],
  ])('%s', (_when, header, evaluatedAt) => {
    expect(tokenEvaluatedAtMs(header, now)).toBe(evaluatedAt);
  });
});
