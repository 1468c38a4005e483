import { isIdempotencyKey } from '@shop/kit/idempotency';
import { isStorableText } from '@shop/kit/text';
import type { Product } from './product.entity';

type Editable = Pick<Product, 'sku' | 'name' | 'description' | 'priceCents' | 'currency'>;

/** A product to add. The name is trimmed. */
export type NewProduct = Editable & Pick<Product, 'stock'>;

/** New values of a product. Null or undefined keeps the value. */
export type ProductChanges = { [Field in keyof Editable]?: Editable[Field] | null };

/** A field that breaks a rule. `path` is the path in the input object. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** Returns the rule that the value breaks, for people, or undefined. */
export type Rule<Value> = (value: Value) => string | undefined;

/** The fields that break their rules. Null and undefined are not checked. */
export function checkFields<Input extends object>(
  input: Input,
  rules: { [Field in keyof Input]?: Rule<NonNullable<Input[Field]>> },
): FieldProblem[] {
  const fields: FieldProblem[] = [];
  for (const [path, rule] of Object.entries(rules) as [keyof Input & string, Rule<unknown>][]) {
    const value = input[path];
    const message = value === undefined || value === null ? undefined : rule(value);
    if (message) fields.push({ path, message });
  }
  return fields;
}

/** Units; also the largest adjustment. */
export const maximumStock = 1_000_000_000;

const maximumPriceCents = 10_000_000_000;

/** ISO 4217, as far as the ICU of this runtime contains it. */
const currencies = new Set(Intl.supportedValuesOf('currency'));

export function isSku(value: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(value);
}

/** Rules of the fields of a product. */
export const productRules = {
  sku: (sku: string) =>
    isSku(sku) ? undefined : 'must be 1 to 64 of A-Z, a-z, 0-9, dot, underscore, hyphen',
  name: textRule({ minimum: 1, maximum: 200 }),
  description: textRule({ minimum: 0, maximum: 5_000 }),
  priceCents: rangeRule(0, maximumPriceCents),
  currency: (currency: string) => (currencies.has(currency) ? undefined : 'must be a currency of ISO 4217'),
  stock: rangeRule(0, maximumStock),
};

/** Rules of the fields of an adjustment. */
export const adjustmentRules = {
  delta: (delta: number) => (delta === 0 ? 'must not be 0' : rangeRule(-maximumStock, maximumStock)(delta)),
  reason: textRule({ minimum: 1, maximum: 200 }),
};

export function idempotencyKeyRule(key: string): string | undefined {
  return isIdempotencyKey(key) ? undefined : 'must be 1 to 128 printable ASCII characters';
}

/** Lengths are in code points. A text with a minimum length is trimmed before it is measured. */
function textRule({ minimum, maximum }: { minimum: number; maximum: number }): Rule<string> {
  return (text) => {
    if (!isStorableText(text)) return 'must not contain NUL or half of a surrogate pair';
    const length = [...(minimum > 0 ? text.trim() : text)].length;
    if (length >= minimum && length <= maximum) return undefined;
    return minimum > 0
      ? `must have ${minimum} to ${maximum} characters`
      : `must have at most ${maximum} characters`;
  };
}

function rangeRule(minimum: number, maximum: number): Rule<number> {
  return (value) =>
    value >= minimum && value <= maximum ? undefined : `must be between ${minimum} and ${maximum}`;
}
