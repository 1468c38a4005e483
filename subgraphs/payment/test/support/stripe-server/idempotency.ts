import { type Answer, failed } from './answers';

interface Use {
  request: string;
  /** Of the first use; not there while it is under way. */
  answer?: { status: number; body: string };
}

/**
 * https://docs.stripe.com/api/idempotent_requests: the first status and body are given to each repeat, errors of the server included;
 * what did not pass the checks, or met another request under way, is not kept.
 */
export class IdempotencyKeys {
  private readonly uses = new Map<string, Use>();

  /** @returns the answer as JSON, and whether it is the first one again */
  async answer(
    key: string | undefined,
    request: string,
    execute: () => Promise<Answer>,
  ): Promise<{ status: number; body: string; isReplay: boolean }> {
    if (key === undefined) return { ...toText(await execute()), isReplay: false };
    const use = this.uses.get(key);
    if (use && use.request !== request) return { ...toText(otherParameters), isReplay: false };
    if (use) return use.answer ? { ...use.answer, isReplay: true } : { ...toText(inUse), isReplay: false };
    const first: Use = { request };
    this.uses.set(key, first);
    const answer = await execute();
    if (answer.wasExecuted) first.answer = toText(answer);
    else this.uses.delete(key);
    return { ...toText(answer), isReplay: false };
  }

  /** As Stripe may after 24 hours. */
  forget(): void {
    this.uses.clear();
  }
}

const toText = ({ status, body }: Answer) => ({ status, body: JSON.stringify(body) });

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
