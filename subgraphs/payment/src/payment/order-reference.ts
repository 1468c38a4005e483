import type { Money } from './amount-due';

/** An order as the gateway names it here; status and total come along only where `amountDue` requires them. */
export interface OrderReference {
  id: string;
  status?: string;
  total?: Money;
}
