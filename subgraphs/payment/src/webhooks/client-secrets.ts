const member = /("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** Inside a text, for example the query of a redirect's URL: `pi_…_secret_…`, or a parameter `…client_secret=…`. */
const token = /\b[a-z]+_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/g;
const parameter = /(client_secret(?:=|%3[dD]))[A-Za-z0-9_]+/g;

/**
 * Removes client secrets from a provider's event: they complete a customer's payment, and Stripe sends them in every event
 * of a PaymentIntent. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export function withoutClientSecrets(json: string): string {
  return json.replace(member, '$1"[removed]"').replace(token, '[removed]').replace(parameter, '$1[removed]');
}
