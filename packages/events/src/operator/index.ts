import {
  type OperatorCommand,
  OperatorError,
  parseArguments,
  parseLimit,
  parseOptions,
  type Snapshot,
} from '@shop/kit/operator';
import { listEvents, type QueuedEvent, queuedEvents, replayEvents, showEvent } from '../operations';

/** `events list|show|replay` of a service's operator program. */
export const eventCommands: Readonly<Record<string, OperatorCommand>> = {
  'events list': async ({ args, dataSource, print }) => {
    const { state, limit, ...rest } = parseOptions(args, {
      state: { type: 'string' },
      type: { type: 'string' },
      subscriber: { type: 'string' },
      limit: { type: 'string', default: '100' },
    });
    const selection = { ...rest, ...(state ? { state: stateOf(state) } : {}), limit: parseLimit(limit) };
    for (const event of await listEvents(await dataSource(), selection)) await print(event);
  },

  'events show': async ({ args, dataSource, print }) => {
    const [eventId, ...more] = parseArguments(args, {}).positionals;
    if (!eventId || more.length > 0)
      throw new OperatorError(
        `Expected one event ID, got ${args.join(' ') || 'nothing'}. Usage: events show <eventId>`,
      );
    for (const event of await showEvent(await dataSource(), eventId)) await print(event);
  },

  'events replay': async ({ args, dataSource, print }) => {
    const { values, positionals } = parseArguments(args, {
      subscriber: { type: 'string' },
      all: { type: 'boolean', default: false },
    });
    // Without a filter all events would be replayed, so --all is required.
    if (positionals.length === 0 && !values.all && !values.subscriber)
      throw new OperatorError('events replay requires event IDs, --subscriber <name>, or --all');
    const revived = await replayEvents(await dataSource(), {
      ...(positionals.length > 0 ? { eventIds: positionals } : {}),
      ...(values.subscriber ? { subscriber: values.subscriber } : {}),
    });
    for (const event of revived) await print(event);
  },
};

const states: readonly QueuedEvent['state'][] = ['waiting', 'retrying', 'dead'];

function stateOf(value: string): QueuedEvent['state'] {
  const state = states.find((name) => name === value);
  if (!state) throw new OperatorError(`--state must be one of ${states.join(', ')}, got ${value}.`);
  return state;
}

/**
 * An undelivered event or a dead letter. `sinceMs`: the time of the event, in milliseconds since
 * 1970.
 */
export type EventRecord = { kind: 'event'; sinceMs: number } & Pick<
  QueuedEvent,
  'state' | 'eventId' | 'type' | 'subscriber' | 'lastError'
>;

/** All events of the outbox of a service. */
export async function* eventRecords(snapshot: Snapshot): AsyncGenerator<EventRecord> {
  for await (const event of snapshot.rows<QueuedEvent>(`/* EventRecords.queued */ ${queuedEvents}`)) {
    const { state, eventId, type, subscriber, ageSeconds, lastError } = event;
    const sinceMs = snapshot.atMs - ageSeconds * 1_000;
    yield { kind: 'event', state, eventId, type, subscriber, sinceMs, lastError };
  }
}
