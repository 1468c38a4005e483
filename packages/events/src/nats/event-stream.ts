import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
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
  // Not by interest: who subscribes for the first time, or was away, still finds a week of events.
  retention: RetentionPolicy.Limits,
  max_age: nanos(7 * dayMs),
  max_bytes: 1024 ** 3,
  max_msg_size: 256 * 1024,
  // A full stream refuses, and the outbox keeps the event; the default would throw away what nobody has read yet.
  discard: DiscardPolicy.New,
  // Repeats of the outbox within an hour are dropped here already; later ones find the inbox.
  duplicate_window: nanos(60 * 60 * 1_000),
};

/** Longer than a handler takes with all its repeats. */
const ackWaitMs = 10_000;

/**
 * One durable consumer for each source that a service listens to. There is no limit of deliveries: a failure is counted in the
 * service's own database, and the broker repeats only what was left without an answer.
 */
function consumerSettings(name: string, source: string): Partial<ConsumerConfig> {
  return {
    durable_name: name,
    filter_subject: subjectOf(`${source}.*`),
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_deliver: -1,
    max_ack_pending: 256,
  };
}

/** Makes the stream when it is not there; what an operator has changed of it stays. */
export async function ensureStream(manager: JetStreamManager): Promise<void> {
  await manager.streams.info(streamName).catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    await manager.streams.add({ name: streamName, ...streamSettings });
  });
}

/** Makes or updates the consumer. @returns its name */
export async function ensureConsumer(
  manager: JetStreamManager,
  { service, source }: { service: string; source: string },
): Promise<string> {
  const name = `${service}-${source}`;
  const settings = consumerSettings(name, source);
  const exists = await manager.consumers.info(streamName, name).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
  if (exists) await manager.consumers.update(streamName, name, settings);
  else await manager.consumers.add(streamName, settings);
  return name;
}

function isNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.status === notFound;
}
