import type { Money } from './amount-due';

/**
 * An order reference from the gateway. `status` and `total` are set only if `amountDue` is
 * selected.
 */
export interface OrderReference {
  id: string;
  status?: string;
  total?: Money;
}
