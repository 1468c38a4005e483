import { type StripeResponse, failed } from './responses';

interface Use {
  request: string;
  /** The first response; undefined while its request is in progress. */
  response?: { status: number; body: string };
}

/**
 * Stores the first response of each key and replays it, including server errors. Responses to invalid
 * parameters and to concurrent requests are not stored.
 * https://docs.stripe.com/api/idempotent_requests
 */
export class IdempotencyKeys {
  private readonly uses = new Map<string, Use>();

  /** @returns the response as JSON, and whether it is replayed */
  async run(
    key: string | undefined,
    request: string,
    execute: () => Promise<StripeResponse>,
  ): Promise<{ status: number; body: string; isReplay: boolean }> {
    if (key === undefined) return { ...toText(await execute()), isReplay: false };
    const use = this.uses.get(key);
    if (use && use.request !== request) return { ...toText(otherParameters), isReplay: false };
    if (use)
      return use.response ? { ...use.response, isReplay: true } : { ...toText(inUse), isReplay: false };
    const first: Use = { request };
    this.uses.set(key, first);
    const result = await execute();
    if (result.wasExecuted) first.response = toText(result);
    else this.uses.delete(key);
    return { ...toText(result), isReplay: false };
  }

  /** Deletes all keys, as Stripe may after 24 hours. */
  forget(): void {
    this.uses.clear();
  }
}

const toText = ({ status, body }: StripeResponse) => ({ status, body: JSON.stringify(body) });

const inUse = failed(409, {
  type: 'invalid_request_error',
  code: 'idempotency_key_in_use',
  message: 'There is currently another in-progress request using this Idempotent Key.',
});

const otherParameters = failed(400, {
  type: 'idempotency_error',
  message:
    'Keys for idempotent requests can only be used with the same parameters they were first used with.',
});
