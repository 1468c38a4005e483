import { RequestBudget } from './request-budget';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('What a request may wait for subgraphs', () => {
  it('is one limit for all its reads, from the first on', () => {
    const budget = new RequestBudget();
    jest.advanceTimersByTime(50);
    const first = budget.readDeadlineMs(1_200);
    jest.advanceTimersByTime(1_000);
    expect(budget.readDeadlineMs(1_200)).toBe(first);
  });

  it('starts again after a mutation', () => {
    const budget = new RequestBudget();
    budget.readDeadlineMs(1_200);
    jest.advanceTimersByTime(4_000);
    budget.mutationWasAnswered();
    expect(budget.readDeadlineMs(1_200)).toBe(performance.now() + 1_200);
  });
});
