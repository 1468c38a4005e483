import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
  RecordNotFound,
} from '@shop/kit/operator';
import { type WebhookFilter, WebhookRepository } from '../webhooks/webhook.repository';
import { limitOption } from './operator-arguments';
import { withoutClientSecrets } from '../webhooks/webhook.service';

const filterOptions = {
  provider: { type: 'string' },
  charge: { type: 'string' },
  waiting: { type: 'boolean' },
  since: { type: 'string' },
} as const;

/** `webhooks list|show|replay` of payment's operator program. */
export const webhookCommands: Readonly<Record<string, OperatorCommand>> = {
  'webhooks list': async ({ args, dataSource, print }) => {
    const { limit, ...values } = parseOptions(args, { ...filterOptions, ...limitOption() });
    const webhooks = new WebhookRepository(await dataSource());
    for (const webhook of await webhooks.list(filterOf(values), parseLimit(limit))) await print(webhook);
  },

  'webhooks show': async ({ args, dataSource, print }) => {
    const [provider, id, ...more] = parseArguments(args, {}).positionals;
    if (!provider || !id || more.length > 0)
      throw new OperatorError(
        `Expected a provider and one webhook ID, got ${args.join(' ') || 'nothing'}. Usage: webhooks show <provider> <id>`,
      );
    const webhook = await new WebhookRepository(await dataSource()).find({ provider, id });
    if (!webhook)
      throw new RecordNotFound(
        `No webhook of ${provider} has the ID ${id}: run \`npm run webhooks -- list\`.`,
      );
    // Bodies stored by earlier versions may contain client secrets.
    await print({ ...webhook, body: withoutClientSecrets(webhook.body.toString('utf8')) });
  },

  'webhooks replay': async ({ args, dataSource, print }) => {
    const { values, positionals } = parseArguments(args, {
      ...filterOptions,
      all: { type: 'boolean', default: false },
      ...limitOption(1_000),
    });
    const [provider, id] = positionals;
    const filter = { ...filterOf(values), ...(provider ? { provider } : {}), ...(id ? { id } : {}) };
    // Without a filter, every webhook is replayed.
    if (Object.keys(filter).length === 0 && !values.all)
      throw new OperatorError(
        'Expected a filter, got none. Usage: webhooks replay <provider> <id>, or with --provider, --charge, --since or --all',
      );
    const webhooks = new WebhookRepository(await dataSource());
    for (const key of await webhooks.reopen(filter, parseLimit(values.limit))) await print(key);
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

function instantOf(value: string): Date {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime()))
    throw new OperatorError(`--since must be an RFC 3339 time like 2026-01-31T12:00:00Z, got ${value}.`);
  return instant;
}
