import { requireAdmin } from '@shop/access';
import type { Outbox } from '@shop/events/outbox';
import type { Viewer } from '@shop/kit/auth';
import type { Transaction } from '@shop/kit/database';
import { type ReplayableResult, first } from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import { problem } from '../errors';
import type { IdempotencyConflict, IdempotencyService } from '../idempotency/idempotency.service';
import { stockDepleted } from '../events/stock-events';
import { checkFields } from '../product/field-rules';
import {
  invalidInput,
  type InvalidInput,
  productNotFound,
  type ProductNotFound,
  productPayload,
  type ProductPayload,
} from '../product/outcomes';
import { adjustmentRules, idempotencyKeyRule, maximumStock } from '../product/product-input';
import type { ProductRepository } from '../product/product.repository';
import type { StockAdjustment, StockRepository } from './stock.repository';

export type StockBelowZero = {
  __typename: 'StockBelowZero';
  code: string;
  message: string;
  available: number;
};

/** As the graph's AdjustStockInput. */
export interface AdjustStockRequest {
  productId: string;
  delta: number;
  reason: string;
  idempotencyKey?: string | null;
}

type Adjusted = ProductPayload | ProductNotFound | StockBelowZero | InvalidInput;

/** Changes of what is on hand, for administrators. */
export class StockService {
  constructor(
    private readonly products: ProductRepository,
    private readonly stock: StockRepository,
    private readonly idempotency: IdempotencyService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AppError unauthenticated, forbidden */
  async adjust(
    viewer: Viewer,
    input: AdjustStockRequest,
  ): Promise<ReplayableResult<Adjusted | IdempotencyConflict>> {
    const admin = requireAdmin(viewer);
    const invalid = checkFields(input, { ...adjustmentRules, idempotencyKey: idempotencyKeyRule });
    if (invalid) return first(invalid);
    const { idempotencyKey: key, ...request } = input;
    const adjustment: StockAdjustment = {
      ...request,
      reason: request.reason.trim(),
      actor: admin.userId,
      idempotencyKey: key ?? undefined,
    };
    const adjusted = await this.idempotency.run(
      { userId: admin.userId, key, operation: 'adjustStock', request },
      (transaction) => this.adjustLocked(transaction, adjustment),
    );
    const { answer } = adjusted;
    if (answer.__typename === 'ProductPayload' && !answer.product.stock) this.outbox.wake();
    return adjusted;
  }

  /** Under the product's lock, so that what a refusal tells is what it was decided on. */
  private async adjustLocked(transaction: Transaction, adjustment: StockAdjustment): Promise<Adjusted> {
    const { productId, delta } = adjustment;
    if (!isUuid(productId)) return productNotFound();
    const [product] = await this.products.lock(transaction, [productId]);
    if (!product) return productNotFound();
    if (product.stock + delta < 0) return stockBelowZero(product.stock);
    if (product.stock + delta > maximumStock) return aboveMaximum();
    const adjusted = await this.stock.adjust(transaction, adjustment);
    if (!adjusted) throw new Error('The stock changed under its lock');
    const isDepleted = adjusted.stock === 0 && product.stock > 0;
    if (isDepleted) await this.outbox.publish(transaction, stockDepleted(adjusted));
    return productPayload(adjusted);
  }
}

function stockBelowZero(available: number): StockBelowZero {
  const message = `There are only ${available}: the stock would fall below zero.`;
  return { __typename: 'StockBelowZero', ...problem('stock_below_zero', message), available };
}

function aboveMaximum(): InvalidInput {
  return invalidInput([{ path: 'delta', message: `must not raise the stock above ${maximumStock}` }]);
}
