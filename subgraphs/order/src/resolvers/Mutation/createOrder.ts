import { requireUser } from '@shop/kit/auth';
import { maximumNamedErrors } from '@shop/kit/errors';
import { problem } from '../../errors';
import type { MutationResolvers } from '../../generated/schema';
import type { OrderLoaders } from '../../order/reads/order.loaders';
import type { CreateOrderResult, FieldProblem } from '../../order/requests/create-order.service';
import { idempotencyConflict } from './problems';

type Result<Kind extends CreateOrderResult['kind']> = Extract<CreateOrderResult, { kind: Kind }>;

export const createOrder: MutationResolvers['createOrder'] = async (_parent, { input }, context) => {
  const viewer = requireUser(context.viewer);
  const { items, idempotencyKey = null } = input;
  const { answer: result, replayed } = await context.createOrder.create(viewer, { items, idempotencyKey });
  context.answer.replayed ||= replayed;
  if (result.kind === 'PLACED') primeWritten(result, context.loaders);
  return toResult(result);
};

/** Avoids reading the inserted rows for this response. */
function primeWritten({ order, written }: Result<'PLACED'>, loaders: OrderLoaders): void {
  if (!written) return;
  loaders.items.prime(order.id, written.items);
  loaders.timeline.prime(order.id, written.timeline);
}

function toResult(result: CreateOrderResult) {
  switch (result.kind) {
    case 'PLACED':
      return { __typename: 'OrderPayload' as const, order: result.order };
    case 'OUT_OF_STOCK':
      return {
        __typename: 'OutOfStock' as const,
        ...problem('out_of_stock'),
        shortages: result.shortages,
      };
    case 'PRODUCTS_UNKNOWN': {
      const message = `There is no product with the id ${result.productIds.join(', nor one with the id ')}.`;
      return { __typename: 'ProductNotFound' as const, ...problem('product_not_found', message) };
    }
    case 'CURRENCIES_MIXED': {
      const message = `An order has one currency, not ${result.currencies.join(' and ')}.`;
      return invalidInput([{ path: 'items', message }]);
    }
    case 'TOO_MANY_OPEN_ORDERS':
    case 'TOO_MANY_HELD_UNITS':
      return tooManyOpenOrders(result);
    case 'INVALID':
      return invalidInput(result.problems);
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return result satisfies never;
  }
}

function tooManyOpenOrders(reached: Result<'TOO_MANY_OPEN_ORDERS' | 'TOO_MANY_HELD_UNITS'>) {
  const { limit, current } = reached;
  const isOfProduct = reached.kind === 'TOO_MANY_HELD_UNITS';
  const message = isOfProduct
    ? `A customer can hold at most ${limit} units of a product in unpaid orders. You hold ${current} of product ${reached.productId} and requested ${reached.requested} more. Nothing was ordered. Order fewer, or pay or cancel an order that holds some.`
    : `A customer can have at most ${limit} unpaid orders. You have ${current}. Nothing was ordered. Pay or cancel an order, or wait until one expires.`;
  return {
    __typename: 'TooManyOpenOrders' as const,
    ...problem('too_many_open_orders', message),
    ...{ limit, current },
    product: isOfProduct ? { id: reached.productId } : null,
  };
}

function invalidInput(fields: FieldProblem[]) {
  const named = fields.slice(0, maximumNamedErrors);
  return { __typename: 'InvalidInput' as const, ...problem('invalid_input'), fields: named };
}
