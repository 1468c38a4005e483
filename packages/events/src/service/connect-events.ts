import type { ServiceEnvironment } from '@shop/kit/config';
import type { JobHandler } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { createHttpEventBus, type EventBus, type HttpSubscribers } from '../bus';
import { type EventHandlers, forgetEventsJob, forgetEventsTask, planForgetting, withInbox } from '../inbox';
import {
  connectToBroker,
  createEventSigner,
  createEventVerifier,
  createNatsEventBus,
  listenToSource,
  takeMessages,
} from '../nats';
import { exposeEventFigures } from '../operations';
import {
  defaultRetryPolicy,
  deliverEventsJob,
  deliverEventsTask,
  publishEventJob,
  publishEventTask,
  Reachability,
  type RelayParts,
} from '../outbox';
import type { EventsEnvironment } from './environment';

export interface EventsOptions {
  /** The service's name: the source of its events, and what its inbox is called. */
  service: string;
  settings: EventsEnvironment & Pick<ServiceEnvironment, 'SERVICE_KEY_FILE' | 'SERVICE_TRUST_FILE'>;
  dataSource: DataSource;
  logger: Logger;
  /** Who gets the service's events where there is no broker. */
  subscribers?: HttpSubscribers;
  /** What the service does on others' events; it then has a table `inbox`. */
  handle?: EventHandlers;
}

/** A service's part in the exchange of events. */
export interface ServiceEvents {
  /** For the service's job runner: without them nothing is published. */
  tasks: Record<string, JobHandler>;
  /** Call it after the job runner was stopped. Takes no new event from the broker, waits for those under way. */
  stop(): Promise<void>;
}

interface Transport {
  bus: EventBus;
  /** Begins to take what others publish. @returns what ends it */
  listen(parts: RelayParts): { stop(): Promise<void> }[];
  close(): Promise<void>;
}

/** Connects a service with the others: by the broker where there is one, which may be away, else over HTTP. */
export async function connectEvents(options: EventsOptions): Promise<ServiceEvents> {
  const { service, dataSource, logger, handle, settings } = options;
  const policy = { ...defaultRetryPolicy, maximumPauseMs: settings.EVENT_RETRY_MAX_MS };
  const { NATS_URL: url } = settings;
  const transport = url === undefined ? overHttp(options) : overNats(options, url);
  const bus = handle
    ? withInbox(transport.bus, service, { dataSource, consumer: service, handle })
    : transport.bus;
  const parts = { bus, policy, reachability: new Reachability(policy), dataSource, logger };
  exposeEventFigures(dataSource);
  if (handle) await planForgetting(dataSource);
  const listeners = handle ? transport.listen(parts) : [];
  return {
    tasks: {
      [publishEventJob]: publishEventTask(parts),
      [deliverEventsJob]: deliverEventsTask(parts),
      ...(handle && { [forgetEventsJob]: forgetEventsTask(dataSource) }),
    },
    async stop() {
      await Promise.all(listeners.map((listener) => listener.stop()));
      await transport.close();
    },
  };
}

/** Others' events come to the route /events. */
function overHttp({ subscribers = {} }: EventsOptions): Transport {
  return { bus: createHttpEventBus(subscribers), listen: () => [], close: () => Promise.resolve() };
}

function overNats(options: EventsOptions, url: string): Transport {
  const { service, settings, logger, handle = {} } = options;
  const broker = connectToBroker({ url, service, logger });
  const sources = [...new Set(Object.keys(handle).map((type) => type.split('.')[0] ?? type))];
  return {
    bus: createNatsEventBus({ broker, sign: createEventSigner(settings.SERVICE_KEY_FILE) }),
    listen(parts) {
      const verify = createEventVerifier(settings.SERVICE_TRUST_FILE);
      const take = takeMessages({ ...options, ...parts, verify });
      return sources.map((source) => listenToSource({ broker, service, source, take, logger }));
    },
    close: () => broker.stop(),
  };
}
