import { isIdempotencyKey } from '@shop/kit/idempotency';
import { isStorableText } from '@shop/kit/text';
import { isCurrency } from './currency';
import type { Rule } from './field-rules';

/** A product to add; the name is trimmed. */
export interface NewProduct {
  sku: string;
  name: string;
  description: string;
  priceCents: number;
  currency: string;
  stock: number;
}

/** New values of a product; what is null or undefined stays. */
export interface ProductChanges {
  sku?: string | null;
  name?: string | null;
  description?: string | null;
  priceCents?: number | null;
  currency?: string | null;
}

/** Units; also the largest adjustment. */
export const maximumStock = 1_000_000_000;

const maximumPriceCents = 10_000_000_000;

export function isSku(value: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(value);
}

/** The rules of a product's fields. */
export const productRules = {
  sku: (sku: string) =>
    isSku(sku) ? undefined : 'must be 1 to 64 of A-Z, a-z, 0-9, dot, underscore, hyphen',
  name: textRule({ minimum: 1, maximum: 200 }),
  description: textRule({ minimum: 0, maximum: 5_000 }),
  priceCents: rangeRule(0, maximumPriceCents),
  currency: (currency: string) => (isCurrency(currency) ? undefined : 'must be a currency of ISO 4217'),
  stock: rangeRule(0, maximumStock),
};

/** The rules of an adjustment's fields. */
export const adjustmentRules = {
  delta: (delta: number) => (delta === 0 ? 'must not be 0' : rangeRule(-maximumStock, maximumStock)(delta)),
  reason: textRule({ minimum: 1, maximum: 200 }),
};

export function idempotencyKeyRule(key: string): string | undefined {
  return isIdempotencyKey(key) ? undefined : 'must be 1 to 128 printable ASCII characters';
}

/** Lengths count characters (code points); a text that must not be empty is one that is trimmed. */
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
