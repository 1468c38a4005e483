import { problem } from '../errors';
import type { Product } from './product.entity';

/** What mutations of the catalogue and of the stock come to: members of the graph's result unions. */
export type ProductPayload = { __typename: 'ProductPayload'; product: Product };
export type ProductNotFound = { __typename: 'ProductNotFound'; code: string; message: string };
export type SkuTaken = { __typename: 'SkuTaken'; code: string; message: string };
export type EditConflict = { __typename: 'EditConflict'; code: string; message: string; current: Product };
export type InvalidInput = {
  __typename: 'InvalidInput';
  code: string;
  message: string;
  fields: FieldProblem[];
};
export type FieldProblem = { path: string; message: string };

export function productPayload(product: Product): ProductPayload {
  return { __typename: 'ProductPayload', product };
}

export function productNotFound(): ProductNotFound {
  return { __typename: 'ProductNotFound', ...problem('product_not_found') };
}

export function skuTaken(sku: string): SkuTaken {
  return { __typename: 'SkuTaken', ...problem('sku_taken', `Another product has the SKU ${sku}.`) };
}

export function editConflict(current: Product): EditConflict {
  return { __typename: 'EditConflict', ...problem('edit_conflict'), current };
}

export function invalidInput(fields: FieldProblem[]): InvalidInput {
  return { __typename: 'InvalidInput', ...problem('invalid_input'), fields };
}
