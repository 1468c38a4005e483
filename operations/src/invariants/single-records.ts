import type {
  EventRecord,
  ProductRecord,
  ProviderRecord,
  SingleRecord,
  WebhookRecord,
} from '../state/state-record';
import type { InvariantChecks } from './invariant';

/** Checks a record that belongs to no order. */
export function* checkSingle(record: SingleRecord): InvariantChecks {
  switch (record.kind) {
    case 'product':
      yield* checkProduct(record);
      return;
    case 'event':
      yield* checkEvent(record);
      return;
    case 'webhook':
      yield* checkWebhook(record);
      return;
    case 'provider':
      yield* checkProvider(record);
      return;
    case 'books':
      return;
    default:
      record satisfies never;
  }
}

/** Invariants of each snapshot: a product's records change in one transaction. */
function* checkProduct(product: ProductRecord): InvariantChecks {
  const { productId, stock, held, committed, ledger, sums } = product;
  yield {
    invariant: 'stock-never-negative',
    problem: stock < 0 ? `product ${productId} has a stock of ${stock}` : undefined,
    sinceMs: 0,
  };
  const counted = stock + held + committed;
  yield {
    invariant: 'stock-conserved',
    problem:
      counted === ledger
        ? undefined
        : `product ${productId}: stock ${stock} + held ${held} + committed ${committed} is not the ledger's ${ledger}`,
    sinceMs: 0,
  };
  if (!sums) return;
  const reserved = held + committed;
  yield {
    invariant: 'stock-sums-agree',
    problem:
      sums.reserved === reserved && sums.ledger === ledger
        ? undefined
        : `product ${productId}: its sums are reserved ${sums.reserved}, ledger ${sums.ledger}; expected ${reserved} and ${ledger}`,
    sinceMs: 0,
  };
}

/** An undelivered event. A dead letter is no breach, but an operator must handle it. */
function* checkEvent({ state, eventId, type, subscriber, sinceMs, lastError }: EventRecord): InvariantChecks {
  const problem =
    state === 'dead'
      ? undefined
      : `${type} ${eventId} is not delivered to ${subscriber ?? 'any subscriber'}: ${lastError ?? 'not tried yet'}`;
  yield { invariant: 'event-delivered', problem, sinceMs };
}

function* checkWebhook({ provider, webhookId, type, sinceMs }: WebhookRecord): InvariantChecks {
  const problem = `${type} ${webhookId} of ${provider} is not processed`;
  yield { invariant: 'webhook-processed', problem, sinceMs };
}

/** Payments and refunds of a provider without settings need an operator. */
function* checkProvider(record: ProviderRecord): InvariantChecks {
  const { provider, isConfigured, undecidedPayments, pendingRefunds, sinceMs } = record;
  yield {
    invariant: 'provider-configured',
    problem: isConfigured
      ? undefined
      : `${undecidedPayments} payment(s) and ${pendingRefunds} refund(s) wait for ${provider}, which is not configured`,
    sinceMs,
  };
}
