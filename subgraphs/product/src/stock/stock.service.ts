import { requireAdmin } from '@shop/access';
import type { Outbox } from '@shop/events/outbox';
import type { Viewer } from '@shop/kit/auth';
import type { Transaction } from '@shop/kit/database';
import { type ReplayableResult, first } from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyService } from '../idempotency/idempotency.service';
import { adjustmentRules, checkFields, idempotencyKeyRule, maximumStock } from '../product/product-input';
import type { ProductRepository } from '../product/product.repository';
import type { InvalidFields, ProductNotFound, ProductSaved } from '../product/product.service';
import { stockDepleted } from './stock-events';
import type { StockAdjustment, StockRepository } from './stock.repository';

/** As the graph's AdjustStockInput. */
export interface AdjustStockRequest {
  productId: string;
  delta: number;
  reason: string;
  idempotencyKey?: string | null;
}

/** BELOW_ZERO: the product has only `available` units. */
export type AdjustStockOutcome =
  | ProductSaved
  | ProductNotFound
  | { kind: 'BELOW_ZERO'; available: number }
  | InvalidFields
  | { kind: 'KEY_CONFLICT' };

/** Adjusts the stock, for administrators. */
export class StockService {
  constructor(
    private readonly products: ProductRepository,
    private readonly stock: StockRepository,
    private readonly idempotency: IdempotencyService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AppError unauthenticated, forbidden */
  async adjust(viewer: Viewer, input: AdjustStockRequest): Promise<ReplayableResult<AdjustStockOutcome>> {
    const admin = requireAdmin(viewer);
    const fields = checkFields(input, { ...adjustmentRules, idempotencyKey: idempotencyKeyRule });
    if (fields.length > 0) return first({ kind: 'INVALID', fields });
    const { idempotencyKey: key, ...request } = input;
    const adjustment: StockAdjustment = {
      ...request,
      reason: request.reason.trim(),
      actor: admin.userId,
      idempotencyKey: key ?? null,
    };
    const adjusted = await this.idempotency.run(
      { userId: admin.userId, key, operation: 'adjustStock', request },
      (transaction) => this.adjustLocked(transaction, adjustment),
    );
    const { answer } = adjusted;
    if (answer.kind === 'SAVED' && !answer.product.stock) this.outbox.wake();
    return adjusted;
  }

  /** Holds the product's lock, so that a rejection contains the stock that it was decided on. */
  private async adjustLocked(
    transaction: Transaction,
    adjustment: StockAdjustment,
  ): Promise<AdjustStockOutcome> {
    const { productId, delta } = adjustment;
    if (!isUuid(productId)) return { kind: 'NOT_FOUND' };
    const [product] = await this.products.lock(transaction, [productId]);
    if (!product) return { kind: 'NOT_FOUND' };
    if (product.stock + delta < 0) return { kind: 'BELOW_ZERO', available: product.stock };
    if (product.stock + delta > maximumStock) {
      const message = `must not raise the stock above ${maximumStock}`;
      return { kind: 'INVALID', fields: [{ path: 'delta', message }] };
    }
    const adjusted = await this.stock.adjust(transaction, adjustment);
    if (!adjusted) throw new Error('The stock changed while its row was locked');
    const isDepleted = adjusted.stock === 0 && product.stock > 0;
    if (isDepleted) await this.outbox.publish(transaction, stockDepleted(adjusted));
    return { kind: 'SAVED', product: adjusted };
  }
}
