const currencies = new Set(Intl.supportedValuesOf('currency'));

/** True for a currency of ISO 4217, as far as this runtime's ICU knows it; codes are upper case. */
export function isCurrency(code: string): boolean {
  return currencies.has(code);
}
