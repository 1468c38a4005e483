import { z } from 'zod';
import { defaultRetryPolicy } from '../outbox';

/** Settings of a service that publishes or receives events. */
export const eventsEnvironment = {
  /** The broker; without one, events go over HTTP to their subscribers. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  /** Maximum pause before a failed delivery is retried. */
  EVENT_RETRY_MAX_MS: z.coerce.number().int().min(1).default(defaultRetryPolicy.maximumPauseMs),
};

export type EventsEnvironment = z.infer<z.ZodObject<typeof eventsEnvironment>>;
