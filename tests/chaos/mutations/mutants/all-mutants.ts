import type { Mutant } from '../mutant';
import { eventMutants } from './events';
import { kitMutants } from './kit';
import { orderMutants } from './order';
import { orderPaymentMutants } from './order-payment';
import { paymentMutants } from './payment';
import { productMutants } from './product';
import { refundMutants } from './refund';
import { userPasswordMutants } from './user-password';
import { userSessionMutants } from './user-session';

/**
 * One entry per guard of money, stock or identity. A guard that has several layers needs an edit for
 * each, because each layer alone still protects.
 */
export const mutants: readonly Mutant[] = [
  ...productMutants,
  ...eventMutants,
  ...paymentMutants,
  ...refundMutants,
  ...orderMutants,
  ...orderPaymentMutants,
  ...userSessionMutants,
  ...userPasswordMutants,
  ...kitMutants,
];
