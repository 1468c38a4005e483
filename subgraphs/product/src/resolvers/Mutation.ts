import { appError, problem } from '../errors';
import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../generated/schema';
import type { FieldProblem } from '../product/product-input';
import type { CreateProductOutcome, UpdateProductOutcome } from '../product/product.service';
import type { AdjustStockOutcome } from '../stock/stock.service';

export const Mutation: MutationResolvers = {
  createProduct: async (_parent, { input }, context) => {
    const { answer, replayed } = await context.products.create(context.viewer, input);
    context.answer.replayed ||= replayed;
    return isMapped(answer) ? answer : createProductResult(answer);
  },
  updateProduct: async (_parent, { input }, { products, viewer }) =>
    updateProductResult(await products.update(viewer, input)),
  adjustStock: async (_parent, { input }, context) => {
    const { answer, replayed } = await context.stock.adjust(context.viewer, input);
    context.answer.replayed ||= replayed;
    return isMapped(answer) ? answer : adjustStockResult(answer);
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

/** Results that the previous version stored with an idempotency key are mapped; until the next release. */
function isMapped(answer: object): answer is never {
  return '__typename' in answer;
}

function createProductResult(outcome: CreateProductOutcome) {
  switch (outcome.kind) {
    case 'SAVED':
      return { __typename: 'ProductPayload' as const, product: outcome.product };
    case 'SKU_TAKEN':
      return skuTaken(outcome.sku);
    case 'INVALID':
      return invalidInput(outcome.fields);
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return outcome satisfies never;
  }
}

function updateProductResult(outcome: UpdateProductOutcome) {
  switch (outcome.kind) {
    case 'SAVED':
      return { __typename: 'ProductPayload' as const, product: outcome.product };
    case 'NOT_FOUND':
      return productNotFound();
    case 'SKU_TAKEN':
      return skuTaken(outcome.sku);
    case 'EDIT_CONFLICT':
      return {
        __typename: 'EditConflict' as const,
        ...problem('edit_conflict'),
        current: outcome.current,
      };
    case 'INVALID':
      return invalidInput(outcome.fields);
    default:
      return outcome satisfies never;
  }
}

function adjustStockResult(outcome: AdjustStockOutcome) {
  switch (outcome.kind) {
    case 'SAVED':
      return { __typename: 'ProductPayload' as const, product: outcome.product };
    case 'NOT_FOUND':
      return productNotFound();
    case 'BELOW_ZERO': {
      const message = `There are only ${outcome.available}: the stock would fall below zero.`;
      return {
        __typename: 'StockBelowZero' as const,
        ...problem('stock_below_zero', message),
        available: outcome.available,
      };
    }
    case 'INVALID':
      return invalidInput(outcome.fields);
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return outcome satisfies never;
  }
}

function productNotFound() {
  return { __typename: 'ProductNotFound' as const, ...problem('product_not_found') };
}

function skuTaken(sku: string) {
  return { __typename: 'SkuTaken' as const, ...problem('sku_taken', `Another product has the SKU ${sku}.`) };
}

function invalidInput(fields: FieldProblem[]) {
  return { __typename: 'InvalidInput' as const, ...problem('invalid_input'), fields };
}

function idempotencyConflict() {
  return { __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') };
}
