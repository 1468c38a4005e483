import type { ServiceEnvironment } from '@shop/kit/config';
import type { DuePoller } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { AuthenticatedRoute } from '@shop/kit/service';
import type { Background } from '@shop/kit/subgraph';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { createHttpEventBus, type EventBus, type HttpSubscribers } from '../bus';
import { type EventHandlers, eventsRoute, type Inbox, withInbox } from '../inbox';
import {
  connectToBroker,
  createEventSigner,
  createEventVerifier,
  createNatsEventBus,
  listenToSource,
  registerStreamMetrics,
  takeMessages,
} from '../nats';
import { registerEventMetrics } from '../operations';
import { createOutbox, createRelay, defaultRetryPolicy, type Outbox, type RelayParts } from '../outbox';

/** Settings of a service that publishes or receives events. */
export const eventsEnvironment = {
  /** The broker; without one, events go over HTTP to their subscribers. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  /** Servers of a NATS cluster that hold a copy of the events; used when the stream is created. */
  NATS_STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** Size of the stream of events, which keeps them for 7 days; used when the stream is created. */
  NATS_STREAM_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1024 ** 2)
    .max(2 ** 50)
    .default(1024 ** 3),
  /** Maximum pause before a failed delivery is retried. */
  EVENT_RETRY_MAX_MS: z.coerce.number().int().min(1).default(defaultRetryPolicy.maximumPauseMs),
};

export type EventsEnvironment = z.infer<z.ZodObject<typeof eventsEnvironment>>;

export interface EventsOptions {
  /** The service's name: the source of its events and the name of its inbox. */
  service: string;
  settings: EventsEnvironment & Pick<ServiceEnvironment, 'SERVICE_KEY_FILE' | 'SERVICE_TRUST_FILE'>;
  dataSource: DataSource;
  logger: Logger;
  /** Subscribers of the service's events if there is no broker. */
  subscribers?: HttpSubscribers;
}

/** Publishes and receives the events of one service. */
export interface ServiceEvents extends Background {
  outbox: Outbox;
  /**
   * Call it before `start` if the service receives events, which needs the table `inbox`.
   *
   * @returns the route /events, by which they are received if there is no broker
   */
  receive(handlers: EventHandlers): AuthenticatedRoute;
}

interface Transport {
  bus: EventBus;
  /** Starts to receive the events of other services. @returns the listeners to stop */
  listen(parts: RelayParts, relay: DuePoller, handlers: EventHandlers): { stop(): Promise<void> }[];
  close(): Promise<void>;
}

/**
 * Connects a service with the others: through the broker if NATS_URL is set (it may be
 * unavailable), else over HTTP.
 */
export function connectEvents(options: EventsOptions): ServiceEvents {
  const { service, dataSource, logger, settings } = options;
  const policy = { ...defaultRetryPolicy, maximumPauseMs: settings.EVENT_RETRY_MAX_MS };
  const { NATS_URL: url } = settings;
  const transport = url === undefined ? overHttp(options) : overNats(options, url);
  let inbox: Inbox | undefined;
  let listeners: { stop(): Promise<void> }[] = [];
  const parts = { bus: withInbox(transport.bus, service, () => inbox), policy, dataSource, logger };
  const relay = createRelay(parts);
  registerEventMetrics(dataSource);
  return {
    outbox: createOutbox(transport.bus, relay.wake),
    receive(handlers) {
      inbox = { dataSource, consumer: service, handlers };
      return eventsRoute({ ...inbox, logger });
    },
    start() {
      relay.start();
      if (inbox) listeners = transport.listen(parts, relay, inbox.handlers);
    },
    async stop() {
      await Promise.all(listeners.map((listener) => listener.stop()));
      await relay.stop();
      await transport.close();
    },
  };
}

/** Events are received by the route /events. */
function overHttp({ subscribers = {} }: EventsOptions): Transport {
  return { bus: createHttpEventBus(subscribers), listen: () => [], close: () => Promise.resolve() };
}

function overNats(options: EventsOptions, url: string): Transport {
  const { service, settings, logger } = options;
  const stream = { replicas: settings.NATS_STREAM_REPLICAS, maxBytes: settings.NATS_STREAM_MAX_BYTES };
  const broker = connectToBroker({ url, service, stream, logger });
  registerStreamMetrics(broker);
  return {
    bus: createNatsEventBus({ broker, sign: createEventSigner(settings.SERVICE_KEY_FILE) }),
    listen(parts, relay, { types, ignored = [] }) {
      const sources = [...new Set([...types, ...ignored].map((type) => type.split('.')[0] ?? type))];
      const verify = createEventVerifier(settings.SERVICE_TRUST_FILE);
      const take = takeMessages({ ...parts, service, verify, onParked: (pauseMs) => relay.wake(pauseMs) });
      return sources.map((source) => listenToSource({ broker, service, source, take, logger }));
    },
    close: () => broker.stop(),
  };
}
