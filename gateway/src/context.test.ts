import { RequestBudget } from './context';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('RequestBudget', () => {
  it('has one deadline for all queries, which starts with the first', () => {
    const budget = new RequestBudget();
    jest.advanceTimersByTime(50);
    const first = budget.queryDeadlineMs(1_200);
    jest.advanceTimersByTime(1_000);
    expect(budget.queryDeadlineMs(1_200)).toBe(first);
  });

  it('includes the time for which the request has waited for another one, which calls no subgraph', () => {
    const budget = new RequestBudget();
    budget.beginWaiting();
    jest.advanceTimersByTime(1_000);
    expect(budget.hasCalledSubgraph).toBe(false);
    expect(budget.queryDeadlineMs(1_200)).toBe(performance.now() + 200);
  });

  it('starts a new deadline after a mutation', () => {
    const budget = new RequestBudget();
    budget.beginWaiting();
    budget.queryDeadlineMs(1_200);
    jest.advanceTimersByTime(4_000);
    budget.endMutation();
    expect(budget.queryDeadlineMs(1_200)).toBe(performance.now() + 1_200);
  });
});
