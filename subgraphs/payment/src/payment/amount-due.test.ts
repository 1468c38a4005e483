import { amountDue } from './amount-due';

const total = { amountCents: 5_000, currency: 'EUR' };
const due = (status: string, payments: Parameters<typeof amountDue>[1]) =>
  amountDue({ status, total }, payments).amountCents;

describe('amountDue', () => {
  it('is the total minus the SUCCEEDED payments', () => {
    expect(due('PENDING', [])).toBe(5_000);
    expect(due('PENDING', [{ status: 'SUCCEEDED', amountCents: 5_000 }])).toBe(0);
  });

  it('ignores payments with another status', () => {
    const others = ['PENDING', 'UNKNOWN', 'FAILED', 'REFUNDED'] as const;
    expect(
      due(
        'PENDING',
        others.map((status) => ({ status, amountCents: 5_000 })),
      ),
    ).toBe(5_000);
  });

  it('is 0 unless the order is PENDING, and never negative', () => {
    expect(due('CONFIRMED', [])).toBe(0);
    expect(due('CANCELLED', [])).toBe(0);
    expect(due('PENDING', [{ status: 'SUCCEEDED', amountCents: 6_000 }])).toBe(0);
  });
});
