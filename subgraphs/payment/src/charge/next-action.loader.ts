import type { Viewer } from '@shop/kit/auth';
import DataLoader from 'dataloader';
import type { Payment } from '../payment/payment.entity';
import type { NextAction } from '../providers/payment-provider';
import type { NextActionService } from './next-action.service';

export type NextActionLoader = DataLoader<Payment, NextAction | null, string>;

/** Per request: calls the provider once per payment, however often the field is selected. */
export function createNextActionLoader(nextActions: NextActionService, viewer: Viewer): NextActionLoader {
  return new DataLoader(
    async (payments) => {
      const results = await Promise.allSettled(payments.map((payment) => nextActions.find(payment, viewer)));
      return results.map((result) =>
        result.status === 'fulfilled' ? result.value : (result.reason as Error),
      );
    },
    { cacheKeyFn: ({ id }) => id },
  );
}
