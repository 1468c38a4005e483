const token = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Whether some provider might know it; what cannot be a token is neither stored nor sent. */
export function isPaymentMethodToken(value: string): boolean {
  return token.test(value);
}
