import { parseArgs } from 'node:util';
import { type OperatorCommand, OperatorError } from '@shop/kit/operator';
import { withoutClientSecrets } from '../webhooks/client-secrets';
import { listWebhooks, replayWebhooks, showWebhook } from '../webhooks/webhook-operations';
import type { WebhookFilter } from '../webhooks/webhook.repository';

const filterOptions = {
  provider: { type: 'string' },
  charge: { type: 'string' },
  waiting: { type: 'boolean' },
  since: { type: 'string' },
  limit: { type: 'string' },
} as const;

/** `webhooks list|show|replay` of payment's operator program. */
export const webhookCommands: Readonly<Record<string, OperatorCommand>> = {
  'webhooks list': async ({ words, dataSource, print }) => {
    const { values } = parseArgs({ args: [...words], options: filterOptions });
    for (const webhook of await listWebhooks(await dataSource(), filterOf(values), limitOf(values.limit)))
      await print(webhook);
  },

  'webhooks show': async ({ words, dataSource, print }) => {
    const [provider, id] = words;
    if (!provider || !id) throw new OperatorError('Say which: webhooks show <provider> <id>');
    const webhook = await showWebhook(await dataSource(), { provider, id });
    if (!webhook) throw new OperatorError(`${provider} sent no webhook ${id}`);
    // Bodies stored by earlier versions may contain client secrets.
    await print({ ...webhook, body: withoutClientSecrets(webhook.body.toString('utf8')) });
  },

  'webhooks replay': async ({ words, dataSource, print }) => {
    const options = { ...filterOptions, all: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [provider, id] = positionals;
    const filter = { ...filterOf(values), ...(provider ? { provider } : {}), ...(id ? { id } : {}) };
    // Nothing named would mean everything: that is to be said.
    if (Object.keys(filter).length === 0 && !values.all)
      throw new OperatorError(
        'Say which: webhooks replay <provider> <id>, --provider, --charge, --since, --all',
      );
    for (const key of await replayWebhooks(await dataSource(), filter, limitOf(values.limit)))
      await print(key);
  },
};

function filterOf(values: {
  provider?: string;
  charge?: string;
  waiting?: boolean;
  since?: string;
}): WebhookFilter {
  const { provider, charge, waiting, since } = values;
  return {
    ...(provider ? { provider } : {}),
    ...(charge ? { chargeKey: charge } : {}),
    ...(waiting ? { isWaiting: true } : {}),
    ...(since ? { receivedSince: instantOf(since) } : {}),
  };
}

function instantOf(word: string): Date {
  const instant = new Date(word);
  if (Number.isNaN(instant.getTime()))
    throw new OperatorError('--since is an instant, for example 2026-01-31T12:00:00Z');
  return instant;
}

function limitOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const limit = Number(word);
  if (!Number.isInteger(limit) || limit < 1) throw new OperatorError('--limit is a number from 1');
  return limit;
}
