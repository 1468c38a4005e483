import type { Resolvers } from '../generated/schema';
import { createPaymentIntent } from './Mutation/createPaymentIntent';
import { refundPayment } from './Mutation/refundPayment';
import { simulateAuthentication } from './Mutation/simulateAuthentication';
import { Order } from './Order';
import { Payment } from './Payment';
import { payment } from './Query/payment';

/** One file per field of the roots and per type, named like it. */
export const resolvers: Resolvers = {
  Query: { payment },
  Mutation: { createPaymentIntent, refundPayment, simulateAuthentication },
  Payment,
  Order,
};
