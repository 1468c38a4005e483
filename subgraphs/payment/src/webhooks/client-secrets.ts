const clientSecret = /("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/**
 * A provider's event with the client secrets of its objects removed: with one, a customer's payment can be completed, and Stripe
 * sends it in every event of a PaymentIntent. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export function withoutClientSecrets(json: string): string {
  return json.replace(clientSecret, '$1"[removed]"');
}
