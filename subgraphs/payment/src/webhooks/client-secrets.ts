const member = /("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** In text, for example in a redirect URL: `pi_…_secret_…`, or a parameter `…client_secret=…`. */
const token = /\b[a-z]+_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/g;
const parameter = /(client_secret(?:=|%3[dD]))[A-Za-z0-9_]+/g;

/**
 * Removes client secrets from a provider's event: they can complete a payment, and every event of a
 * PaymentIntent has one.
 * https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export function withoutClientSecrets(json: string): string {
  return json.replace(member, '$1"[removed]"').replace(token, '[removed]').replace(parameter, '$1[removed]');
}
