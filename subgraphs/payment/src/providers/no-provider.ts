import { type ChargeState, type PaymentProvider, WebhookRefused } from './payment-provider';

/** The provider `none` for amounts of 0: charges and refunds succeed without a call. */
export const noProvider: PaymentProvider = {
  name: 'none',
  charge: ({ key }) => Promise.resolve(charged(key)),
  inquire: ({ key }) => Promise.resolve(charged(key)),
  cancel: ({ key }) => Promise.resolve(charged(key)),
  refund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  inquireRefund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  readWebhook() {
    throw new WebhookRefused('the provider none sends no webhooks');
  },
};

function charged(reference: string): ChargeState {
  return { state: 'succeeded', reference };
}
