import { requireAdmin } from '@shop/access';
import type { Viewer } from '@shop/kit/auth';
import { isUniqueViolation } from '@shop/kit/database';
import { type ReplayableResult, first } from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyService } from '../idempotency/idempotency.service';
import {
  checkFields,
  type FieldProblem,
  idempotencyKeyRule,
  type NewProduct,
  type ProductChanges,
  productRules,
} from './product-input';
import type { Product } from './product.entity';
import { type ProductRepository, skuConstraint } from './product.repository';

/** As the graph's CreateProductInput. */
export interface ProductCreation extends Omit<NewProduct, 'description' | 'stock'> {
  description?: string | null;
  stock?: number | null;
  idempotencyKey?: string | null;
}

/** As the graph's UpdateProductInput. */
export interface ProductUpdate extends ProductChanges {
  id: string;
  expectedUpdatedAt?: Date | null;
}

/** Results of changes; those of adjustments are among them. */
export type ProductSaved = { kind: 'SAVED'; product: Product };
export type ProductNotFound = { kind: 'NOT_FOUND' };
export type InvalidFields = { kind: 'INVALID'; fields: FieldProblem[] };
type SkuTaken = { kind: 'SKU_TAKEN'; sku: string };
type EditConflict = { kind: 'EDIT_CONFLICT'; current: Product };

export type CreateProductOutcome = ProductSaved | SkuTaken | InvalidFields | { kind: 'KEY_CONFLICT' };
export type UpdateProductOutcome = ProductSaved | ProductNotFound | SkuTaken | EditConflict | InvalidFields;

/** Changes of the catalogue, for administrators. */
export class ProductService {
  constructor(
    private readonly products: ProductRepository,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @throws AppError unauthenticated, forbidden */
  async create(viewer: Viewer, input: ProductCreation): Promise<ReplayableResult<CreateProductOutcome>> {
    const admin = requireAdmin(viewer);
    const fields = checkFields(input, { ...productRules, idempotencyKey: idempotencyKeyRule });
    if (fields.length > 0) return first({ kind: 'INVALID', fields });
    const { idempotencyKey, ...request } = input;
    const product: NewProduct = {
      ...request,
      name: request.name.trim(),
      description: request.description ?? '',
      stock: request.stock ?? 0,
    };
    return this.idempotency.run<CreateProductOutcome>(
      { userId: admin.userId, key: idempotencyKey, operation: 'createProduct', request: product },
      async (transaction) => {
        const created = await this.products.insert(transaction, product, admin.userId);
        return created ? { kind: 'SAVED', product: created } : { kind: 'SKU_TAKEN', sku: product.sku };
      },
    );
  }

  /** @throws AppError unauthenticated, forbidden */
  async update(
    viewer: Viewer,
    { id, expectedUpdatedAt, ...changes }: ProductUpdate,
  ): Promise<UpdateProductOutcome> {
    requireAdmin(viewer);
    const fields = checkFields(changes, productRules);
    if (fields.length > 0) return { kind: 'INVALID', fields };
    if (!isUuid(id)) return { kind: 'NOT_FOUND' };
    const expected = expectedUpdatedAt ?? undefined;
    if (isEmpty(changes)) return this.unchanged(id, expected);
    try {
      const updated = await this.products.update(id, { ...changes, name: changes.name?.trim() }, expected);
      return updated ? { kind: 'SAVED', product: updated } : await this.unchanged(id, expected);
    } catch (error) {
      if (isUniqueViolation(error, skuConstraint)) return { kind: 'SKU_TAKEN', sku: changes.sku ?? '' };
      throw error;
    }
  }

  /** The result if nothing was changed. A product never has an earlier version again. */
  private async unchanged(id: string, expected?: Date): Promise<UpdateProductOutcome> {
    const [current] = await this.products.findByIds([id]);
    if (!current) return { kind: 'NOT_FOUND' };
    const isExpected = !expected || expected.getTime() === current.updatedAt.getTime();
    return isExpected ? { kind: 'SAVED', product: current } : { kind: 'EDIT_CONFLICT', current };
  }
}

function isEmpty(changes: ProductChanges): boolean {
  return Object.values(changes).every((value) => value === undefined || value === null);
}
