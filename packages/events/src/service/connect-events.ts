import type { ServiceEnvironment } from '@shop/kit/config';
import type { DuePoller } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { createHttpEventBus, type EventBus, type HttpSubscribers } from '../bus';
import { type EventHandlers, withInbox } from '../inbox';
import {
  connectToBroker,
  createEventSigner,
  createEventVerifier,
  createNatsEventBus,
  listenToSource,
  takeMessages,
} from '../nats';
import { exposeEventFigures } from '../operations';
import { createOutbox, defaultRetryPolicy, type Outbox, type RelayParts, startRelay } from '../outbox';
import type { EventsEnvironment } from './environment';

export interface EventsOptions {
  /** The service's name: the source of its events, and what its inbox is called. */
  service: string;
  settings: EventsEnvironment & Pick<ServiceEnvironment, 'SERVICE_KEY_FILE' | 'SERVICE_TRUST_FILE'>;
  dataSource: DataSource;
  logger: Logger;
  /** Who gets the service's events where there is no broker. */
  subscribers?: HttpSubscribers;
}

/** A service's part in the exchange of events. */
export interface ServiceEvents {
  outbox: Outbox;
  /** Starts to deliver and, with handlers, to take the events of others; the service then has a table `inbox`. */
  start(handlers?: EventHandlers): void;
  /** Takes and delivers nothing more; waits for what has begun. */
  stop(): Promise<void>;
}

interface Transport {
  bus: EventBus;
  /** Starts to take what others publish. @returns what ends it */
  listen(parts: RelayParts, relay: DuePoller, handlers: EventHandlers): { stop(): Promise<void> }[];
  close(): Promise<void>;
}

/** Connects a service with the others: through the broker if there is one, which may be unavailable, else over HTTP. */
export function connectEvents(options: EventsOptions): ServiceEvents {
  const { service, dataSource, logger, settings } = options;
  const policy = { ...defaultRetryPolicy, maximumPauseMs: settings.EVENT_RETRY_MAX_MS };
  const { NATS_URL: url } = settings;
  const transport = url === undefined ? overHttp(options) : overNats(options, url);
  let relay: DuePoller | undefined;
  let listeners: { stop(): Promise<void> }[] = [];
  exposeEventFigures(dataSource);
  return {
    outbox: createOutbox(transport.bus, () => relay?.wake()),
    start(handlers) {
      const inbox = handlers && { dataSource, consumer: service, handlers };
      const bus = inbox ? withInbox(transport.bus, service, inbox) : transport.bus;
      const parts = { bus, policy, dataSource, logger };
      relay = startRelay(parts);
      if (handlers) listeners = transport.listen(parts, relay, handlers);
    },
    async stop() {
      await Promise.all(listeners.map((listener) => listener.stop()));
      await relay?.stop();
      await transport.close();
    },
  };
}

/** Events of others come to the route /events. */
function overHttp({ subscribers = {} }: EventsOptions): Transport {
  return { bus: createHttpEventBus(subscribers), listen: () => [], close: () => Promise.resolve() };
}

function overNats(options: EventsOptions, url: string): Transport {
  const { service, settings, logger } = options;
  const broker = connectToBroker({ url, service, logger });
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
