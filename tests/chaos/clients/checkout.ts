import { setTimeout as pause } from 'node:timers/promises';
import type { History, Operation, OperationKind } from '../history/history';
import type { Account } from './account';
import { authenticate, checkAuthentication } from './authenticate';
import { orderIdIn, type RetryLimits, perform, repeat } from './perform';
import type { ShopResponse, ShopRequest } from './request';
import type { Scenario } from './scenario';

export interface Line {
  product_id: string;
  quantity: number;
}

export interface CheckoutInput {
  scenario: Scenario;
  client: number;
  checkout: number;
  /** Unique in the run; the keys of all operations begin with it. */
  key: string;
  lines: Line[];
  customer: Account;
  admin: Account;
  history: History;
  retryLimits: RetryLimits;
  /** Repeats each operation once after its outcome is known. */
  isRepeated: boolean;
}

/** The order and the operations of one checkout. */
export interface CheckoutEnd {
  orderId: string | null;
  operations: Operation[];
}

const retryAfterMs = 300;

const methodOf: Partial<Record<Scenario, string>> = {
  buy: 'sim_success',
  declined: 'sim_declined',
  processing: 'sim_processing',
  response_lost: 'sim_timeout',
  provider_unavailable: 'sim_unavailable',
  // The total is 0, so the payment method has no effect.
  free: 'sim_declined',
  not_possible: 'sim_not_possible',
  authenticated: 'sim_requires_action',
  authentication_failed: 'sim_requires_action',
  authentication_abandoned: 'sim_requires_action',
  admin_cancel: 'sim_success',
  refund_pending: 'sim_refund_pending',
  refund_failed: 'sim_refund_failed',
  double_click: 'sim_success',
};

/**
 * A customer orders and then pays, cancels or leaves; every operation is retried until its outcome
 * is known.
 */
export async function checkOut(input: CheckoutInput): Promise<CheckoutEnd> {
  const operations: Operation[] = [];
  const run = steps(input, operations);
  const orderId = await run.create();
  if (orderId === null || input.scenario === 'leave') return { orderId, operations };
  if (input.scenario === 'cancel') {
    await run.cancel(orderId, 'cancel');
    return { orderId, operations };
  }
  const method = methodOf[input.scenario] ?? null;
  if (input.scenario === 'provider_unavailable') {
    await run.pay(orderId, { method, name: 'pay', tries: 3 });
    await payWithOtherMethod(input, orderId, run);
    return { orderId, operations };
  }
  const paid = await run.pay(orderId, { method, name: 'pay' });
  if (isDeclinedAndPayable(paid) || paid.code === 'payment_not_possible') {
    if (paysAgain(input)) await payWithOtherMethod(input, orderId, run);
    return { orderId, operations };
  }
  if (paid.status === 202) {
    const authentication = await authenticate(input, paid);
    const status = await untilDecided(input, orderId);
    checkAuthentication(operations.at(-1), authentication, status);
  }
  if (isCancelledByAdmin(input.scenario) && paid.status === 200) await run.cancel(orderId, 'admin_cancel');
  return { orderId, operations };
}

function isCancelledByAdmin(scenario: Scenario): boolean {
  return ['admin_cancel', 'refund_pending', 'refund_failed'].includes(scenario);
}

/** Pays with `sim_success`; retries while the first attempt is in progress. */
async function payWithOtherMethod(
  { customer, retryLimits }: CheckoutInput,
  orderId: string,
  run: ReturnType<typeof steps>,
): Promise<void> {
  for (let again = 1; !retryLimits.isExpired(); again += 1) {
    const { code } = await run.pay(orderId, { method: 'sim_success', name: `pay-again-${again}` });
    if (code !== 'order_state_conflict' || isFinal((await readOrder(customer, orderId)).status)) return;
    await pause(retryAfterMs);
  }
}

function steps(input: CheckoutInput, operations: Operation[]) {
  const { client, checkout, key, customer, admin, history, retryLimits } = input;

  async function take(step: {
    kind: OperationKind;
    name: string;
    orderId: string | null;
    request: ShopRequest;
    by?: Account;
    paymentMethod?: string | null;
    tries?: number;
  }): Promise<{ response: ShopResponse; operation: Operation }> {
    const { kind, name, orderId, request, by = customer, paymentMethod = null, tries } = step;
    const operation = history.begin({
      ...{ kind, client, checkout, userId: customer.userId, orderId, paymentMethod },
      key: `${key}-${name}`,
    });
    operations.push(operation);
    const limits = { ...retryLimits, ...(tries && { tries }) };
    const response = await perform(operation, { account: by, request, retryLimits: limits });
    if (input.isRepeated && operation.outcome !== 'unknown')
      await repeat(operation, { account: by, request, first: response });
    return { response, operation };
  }

  return {
    async create(): Promise<string | null> {
      const body = { items: input.lines };
      const request: ShopRequest = { method: 'POST', path: '/v1/orders', body };
      // A double click: the same key, concurrently.
      const duplicate =
        input.scenario === 'double_click' && customer.send({ ...request, key: `${key}-create` });
      const { response, operation } = await take({ kind: 'create', name: 'create', orderId: null, request });
      if (operation.outcome === 'acknowledged') operation.orderId = orderIdIn(response);
      if (duplicate) compareDuplicate(operation, await duplicate);
      return operation.orderId;
    },

    async pay(orderId: string, options: { method: string | null; name: string; tries?: number }) {
      const body = options.method === null ? {} : { payment_method: options.method };
      const request: ShopRequest = { method: 'POST', path: `/v1/orders/${orderId}/pay`, body };
      const paymentMethod = options.method;
      return (await take({ kind: 'pay', orderId, request, paymentMethod, ...options })).response;
    },

    async cancel(orderId: string, kind: 'cancel' | 'admin_cancel') {
      const request: ShopRequest = { method: 'POST', path: `/v1/orders/${orderId}/cancel` };
      const by = kind === 'cancel' ? customer : admin;
      return (await take({ kind, name: kind, orderId, request, by })).response;
    },
  };
}

function compareDuplicate(operation: Operation, duplicate: ShopResponse): void {
  if (duplicate.status === 201 && orderIdIn(duplicate) !== operation.orderId)
    operation.contradictions.push(`the concurrent duplicate created order ${orderIdIn(duplicate)}`);
}

/**
 * Reads the order until it has left PENDING, or its payment has failed: with PAYMENT_DECLINE=retry
 * it is payable again.
 *
 * @returns the final status, or undefined if it was not observed
 */
async function untilDecided({ customer, retryLimits }: CheckoutInput, orderId: string): Promise<unknown> {
  while (!retryLimits.isExpired()) {
    const { status, payments } = await readOrder(customer, orderId);
    if (isFinal(status)) return status;
    if (payments?.[0]?.status === 'FAILED') return undefined;
    await pause(retryAfterMs);
  }
  return undefined;
}

/** @returns an order whose `status` is undefined if there was no response */
async function readOrder(customer: Account, orderId: string) {
  const { body } = await customer.send({ method: 'GET', path: `/v1/orders/${orderId}` });
  return body as { status?: unknown; payments?: { status: string }[] };
}

/** True for a decline with PAYMENT_DECLINE=retry. */
function isDeclinedAndPayable({ code, body }: ShopResponse): boolean {
  const order = body['order'] as { status?: unknown } | undefined;
  return code === 'payment_declined' && order?.status === 'PENDING';
}

/** False for one customer in four, whose order expires. */
function paysAgain({ checkout }: CheckoutInput): boolean {
  return checkout % 4 !== 0;
}

function isFinal(status: unknown): boolean {
  return status === 'CONFIRMED' || status === 'CANCELLED';
}
