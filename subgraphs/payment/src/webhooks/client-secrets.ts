const clientSecret = /("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/**
 * Removes client secrets from a provider's event: they complete a customer's payment, and Stripe sends them in every event
 * of a PaymentIntent. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export function withoutClientSecrets(json: string): string {
  return json.replace(clientSecret, '$1"[removed]"');
}
