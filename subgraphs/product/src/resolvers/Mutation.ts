import { appError, problem } from '../errors';
import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../generated/schema';
import type { CreateProductOutcome, UpdateProductOutcome } from '../product/product.service';
import type { AdjustStockOutcome } from '../stock/stock.service';

export const Mutation: MutationResolvers = {
  createProduct: async (_parent, { input }, context) => {
    const { answer, replayed } = await context.products.create(context.viewer, input);
    context.answer.replayed ||= replayed;
    return toResult(answer);
  },
  updateProduct: async (_parent, { input }, { products, viewer }) =>
    toResult(await products.update(viewer, input)),
  adjustStock: async (_parent, { input }, context) => {
    const { answer, replayed } = await context.stock.adjust(context.viewer, input);
    context.answer.replayed ||= replayed;
    return toResult(answer);
  },
  reserveStock: (_parent, { input }, context) => {
    requireService(context, ['order']);
    return context.reservations.reserve(input.orderId, input.lines);
  },
  // For order services of the previous version, until the next release.
  commitStock: async (_parent, { orderId }, context) => {
    requireService(context, ['order']);
    const [commit] = await context.reservations.commitAll([orderId]);
    if (!commit?.committed) throw appError('order_state_conflict');
    return true;
  },
  commitStocks: (_parent, { orderIds }, context) => {
    requireService(context, ['order']);
    return context.reservations.commitAll(orderIds);
  },
  releaseStock: async (_parent, { orderId }, context) => {
    requireService(context, ['order']);
    await context.reservations.release(orderId);
    return true;
  },
};

type Outcome = CreateProductOutcome | UpdateProductOutcome | AdjustStockOutcome;

/** Maps the outcome of a mutation to the member of its union. */
function toResult<Found extends Outcome>(
  outcome: Found,
): { [Kind in Found['kind']]: ReturnType<(typeof results)[Kind]> }[Found['kind']] {
  // Results that the previous version stored with an idempotency key are mapped; until the next release.
  if ('__typename' in outcome) return outcome as never;
  return (results[outcome.kind] as (outcome: Outcome) => never)(outcome);
}

const results = {
  SAVED: ({ product }) => ({ __typename: 'ProductPayload' as const, product }),
  NOT_FOUND: () => ({ __typename: 'ProductNotFound' as const, ...problem('product_not_found') }),
  SKU_TAKEN: ({ sku }) => ({
    __typename: 'SkuTaken' as const,
    ...problem('sku_taken', `Another product has the SKU ${sku}.`),
  }),
  EDIT_CONFLICT: ({ current }) => ({
    __typename: 'EditConflict' as const,
    ...problem('edit_conflict'),
    current,
  }),
  BELOW_ZERO: ({ available }) => ({
    __typename: 'StockBelowZero' as const,
    ...problem('stock_below_zero', `There are only ${available}: the stock would fall below zero.`),
    available,
  }),
  INVALID: ({ fields }) => ({ __typename: 'InvalidInput' as const, ...problem('invalid_input'), fields }),
  KEY_CONFLICT: () => ({ __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') }),
} satisfies { [Kind in Outcome['kind']]: (outcome: Extract<Outcome, { kind: Kind }>) => object };
