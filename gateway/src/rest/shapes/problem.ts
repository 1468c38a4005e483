import { z } from 'zod';
import { order } from './order';
import { payment } from './payment';
import { type ProblemCode, problemTypes } from './problem-types';
import { id, named } from './shape';

const fieldError = named(
  'FieldError',
  z.object({
    path: z
      .string()
      .describe('Path in the body, for example items.0.quantity; empty for the body as a whole.'),
    message: z.string(),
  }),
);

const shortage = named('Shortage', z.object({ product_id: id, requested: z.int(), available: z.int() }));

/** RFC 9457, with members of ours. */
export const problemDocument = named(
  'Problem',
  z.object({
    type: z.string().describe('Reference to the description of this kind of problem.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe('The path of the request.'),
    code: z
      .enum(Object.keys(problemTypes) as [ProblemCode, ...ProblemCode[]])
      .describe('Stable, for programs.'),
    request_id: z.string().describe('Finds this request in the log.'),
    trace_id: z
      .string()
      .optional()
      .describe(
        'Finds the trace of this request (W3C Trace Context). Absent only if the request could not be read as HTTP, or its path not be decoded.',
      ),
    errors: z.array(fieldError).optional().describe('With invalid_input.'),
    shortages: z.array(shortage).optional().describe('With out_of_stock.'),
    limit: z
      .int()
      .optional()
      .describe('With too_many_open_orders: of unpaid orders, or of units of product_id in them.'),
    current: z
      .int()
      .optional()
      .describe(
        'With too_many_open_orders: unpaid orders, or units of product_id in them, before this request.',
      ),
    product_id: id
      .optional()
      .describe('With too_many_open_orders, when the limit is the one on units of a product.'),
    order: order.optional().describe('With payment_declined and payment_not_possible.'),
    payment: payment.optional().describe('With payment_declined and payment_not_possible.'),
  }),
);

export type ProblemDocument = z.infer<typeof problemDocument>;

/** Members that only some problems have. */
export type ProblemDetails = Pick<
  ProblemDocument,
  'errors' | 'shortages' | 'limit' | 'current' | 'product_id' | 'order' | 'payment'
>;
