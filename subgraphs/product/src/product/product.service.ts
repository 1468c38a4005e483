import { requireAdmin } from '@shop/access';
import type { Viewer } from '@shop/kit/auth';
import { isUniqueViolation } from '@shop/kit/database';
import { type ReplayableResult, first } from '@shop/kit/idempotency';
import { isUuid } from '@shop/kit/ids';
import type { IdempotencyConflict, IdempotencyService } from '../idempotency/idempotency.service';
import { checkFields } from './field-rules';
import {
  editConflict,
  type EditConflict,
  type InvalidInput,
  productNotFound,
  type ProductNotFound,
  productPayload,
  type ProductPayload,
  skuTaken,
  type SkuTaken,
} from './outcomes';
import { idempotencyKeyRule, type NewProduct, type ProductChanges, productRules } from './product-input';
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

/** Changes of the catalogue, for administrators. */
export class ProductService {
  constructor(
    private readonly products: ProductRepository,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @throws AppError unauthenticated, forbidden */
  async create(
    viewer: Viewer,
    input: ProductCreation,
  ): Promise<ReplayableResult<ProductPayload | SkuTaken | InvalidInput | IdempotencyConflict>> {
    const admin = requireAdmin(viewer);
    const invalid = checkFields(input, { ...productRules, idempotencyKey: idempotencyKeyRule });
    if (invalid) return first(invalid);
    const { idempotencyKey, ...request } = input;
    const product = newProduct(request);
    return this.idempotency.run(
      { userId: admin.userId, key: idempotencyKey, operation: 'createProduct', request: product },
      async (transaction) => {
        const created = await this.products.insert(transaction, product, admin.userId);
        return created ? productPayload(created) : skuTaken(product.sku);
      },
    );
  }

  /** @throws AppError unauthenticated, forbidden */
  async update(
    viewer: Viewer,
    { id, expectedUpdatedAt, ...changes }: ProductUpdate,
  ): Promise<ProductPayload | ProductNotFound | SkuTaken | EditConflict | InvalidInput> {
    requireAdmin(viewer);
    const invalid = checkFields(changes, productRules);
    if (invalid) return invalid;
    if (!isUuid(id)) return productNotFound();
    const expected = expectedUpdatedAt ?? undefined;
    if (isEmpty(changes)) return this.leave(id, expected);
    try {
      const updated = await this.products.update(id, trimmed(changes), expected);
      return updated ? productPayload(updated) : await this.leave(id, expected);
    } catch (error) {
      if (isUniqueViolation(error, skuConstraint)) return skuTaken(changes.sku ?? '');
      throw error;
    }
  }

  /** The answer where nothing is changed; a product that was in another version never is in the expected one again. */
  private async leave(id: string, expected?: Date): Promise<ProductPayload | ProductNotFound | EditConflict> {
    const [current] = await this.products.findByIds([id]);
    if (!current) return productNotFound();
    const isExpected = !expected || expected.getTime() === current.updatedAt.getTime();
    return isExpected ? productPayload(current) : editConflict(current);
  }
}

function newProduct(input: Omit<ProductCreation, 'idempotencyKey'>): NewProduct {
  return {
    sku: input.sku,
    name: input.name.trim(),
    description: input.description ?? '',
    priceCents: input.priceCents,
    currency: input.currency,
    stock: input.stock ?? 0,
  };
}

function trimmed(changes: ProductChanges): ProductChanges {
  return { ...changes, name: changes.name?.trim() };
}

function isEmpty(changes: ProductChanges): boolean {
  return Object.values(changes).every((value) => value === undefined || value === null);
}
