import { setImmediate as nextEventLoopIteration } from 'node:timers/promises';
import { type StripeResponse, invalid } from './responses';
import { parseForm, textOf } from './form';
import type { PaymentIntents } from './payment-intents';
import type { Refunds } from './refunds';

export interface Account {
  intents: PaymentIntents;
  refunds: Refunds;
}

/** One call of https://docs.stripe.com/api, as far as the adapter makes it. */
export async function handle(
  { intents, refunds }: Account,
  request: { method: string; url: URL; body: string },
): Promise<StripeResponse> {
  const { method, url, body } = request;
  // Gives another request with the same key a chance to run.
  await nextEventLoopIteration();
  const form = parseForm(method === 'GET' ? url.search : body);
  const [resource = '', id = '', action = ''] = url.pathname.split('/').slice(2);
  switch ([method, resource, id === '' || id === 'search' ? id : '*', action].join(' ').trim()) {
    case 'POST payment_intents':
      return intents.create(form);
    case 'GET payment_intents':
      return intents.list(form);
    case 'GET payment_intents search':
      return intents.search(textOf(form, 'query') ?? '');
    case 'GET payment_intents *':
      return intents.retrieve(id, form);
    case 'POST payment_intents * confirm':
      return intents.confirm(id, form);
    case 'POST payment_intents * cancel':
      return intents.cancel(id, form);
    case 'POST refunds':
      return refunds.create(form);
    case 'GET refunds *':
      return refunds.retrieve(id);
    case 'GET refunds':
      return refunds.list(form);
    default:
      return invalid(`Unrecognized request URL (${method}: ${url.pathname}).`);
  }
}
