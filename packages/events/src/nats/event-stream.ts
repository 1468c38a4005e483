import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** Holds every event of the platform. */
export const streamName = 'SHOP_EVENTS';

export const subjectOf = (type: string) => `events.${type}`;

const dayMs = 24 * 60 * 60 * 1_000;
const notFound = 404;

const streamSettings = {
  description: 'Events of the shop, signed by their sources',
  subjects: ['events.>'],
  storage: StorageType.File,
  // Not by interest: a service that subscribes for the first time, or was down, gets a week of
  // events.
  retention: RetentionPolicy.Limits,
  max_age: nanos(7 * dayMs),
  max_msg_size: 256 * 1024,
  // A full stream rejects the event, and the outbox keeps it; the default would delete unread
  // events.
  discard: DiscardPolicy.New,
  // Drops duplicates from an outbox within an hour; the inbox drops later ones.
  duplicate_window: nanos(60 * 60 * 1_000),
};

/** Longer than a handler takes including retries. */
const ackWaitMs = 10_000;

/** Limits of the stream, used when it is created. */
export interface StreamLimits {
  /** Servers of a cluster that hold a copy. */
  replicas: number;
  /** Bytes beyond which the stream rejects events. */
  maxBytes: number;
}

/** Creates the stream if it does not exist; keeps the settings that an operator has changed. */
export async function ensureStream(manager: JetStreamManager, limits: StreamLimits): Promise<void> {
  if (await findStream(manager)) return;
  const { replicas, maxBytes } = limits;
  await manager.streams.add({
    ...{ name: streamName, ...streamSettings },
    num_replicas: replicas,
    max_bytes: maxBytes,
  });
}

/** Undefined if the stream does not exist: no event was published yet. */
export async function findStream(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  return manager.streams.info(streamName).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/**
 * Creates or updates the durable consumer of one source that a service listens to. There is no
 * limit of deliveries: a failure is counted in the service's own database, and the broker
 * redelivers only what was not acknowledged.
 *
 * @returns its name
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  { service, source }: { service: string; source: string },
): Promise<string> {
  const name = `${service}-${source}`;
  const settings = {
    durable_name: name,
    filter_subject: subjectOf(`${source}.*`),
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_deliver: -1,
    max_ack_pending: 256,
  };
  await manager.consumers.update(streamName, name, settings).catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    await manager.consumers.add(streamName, settings);
  });
  return name;
}

function isNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.status === notFound;
}
