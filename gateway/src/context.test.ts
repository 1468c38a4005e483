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

  it('starts a new deadline after a mutation', () => {
    const budget = new RequestBudget();
    budget.queryDeadlineMs(1_200);
    jest.advanceTimersByTime(4_000);
    budget.endMutation();
    expect(budget.queryDeadlineMs(1_200)).toBe(performance.now() + 1_200);
  });
});
