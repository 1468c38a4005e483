import { type StripeResponse, invalid, ok } from './responses';
import { fieldsOf, type Form, textOf } from './form';

/** Unix seconds, as in Stripe's API. */
export const unixNow = (): number => Math.floor(Date.now() / 1_000);

/** https://docs.stripe.com/api/pagination: newest first, `limit` per page, 1 to 100, default 10. */
export function listOf<Item extends { id: string; created: number }>(
  items: readonly Item[],
  form: Form,
  show: (item: Item) => object = (item) => item,
): StripeResponse {
  const since = Number(fieldsOf(form, 'created')['gte'] ?? 0);
  const limit = Number(textOf(form, 'limit') ?? 10);
  if (limit < 1 || limit > 100) return invalid('Limit is between 1 and 100', { param: 'limit' });
  const selected = items.filter(({ created }) => created >= since).toSorted((a, b) => b.created - a.created);
  const last = textOf(form, 'starting_after');
  const begin = last === undefined ? 0 : selected.findIndex(({ id }) => id === last) + 1;
  const data = selected.slice(begin, begin + limit);
  return ok({ object: 'list', data: data.map(show), has_more: begin + limit < selected.length });
}
