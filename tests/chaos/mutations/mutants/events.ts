import type { Mutant } from '../mutant';

export const eventMutants: readonly Mutant[] = [
  {
    name: 'inbox',
    harm: 'an event that is delivered twice takes effect twice',
    workspace: 'packages/events',
    edits: [
      {
        file: 'packages/events/src/inbox/consume-events.ts',
        find: 'const unseen = events.filter(({ id }) => newIds.has(id));',
        replace: 'const unseen = newIds.size < 0 ? [] : events;',
      },
    ],
    test: {
      project: 'integration',
      file: 'packages/events/test/events-route.test.ts',
      title: 'POST /events applies an event once, however often and concurrently it is delivered',
    },
  },
  {
    name: 'dead-letter threshold',
    harm: 'an event that is always rejected is retried forever and never reported to an operator',
    workspace: 'packages/events',
    edits: [
      {
        file: 'packages/events/src/outbox/relay.ts',
        find: 'failures + 1 >= policy.maximumFailures',
        replace: 'failures >= policy.maximumFailures * 1_000',
      },
    ],
    test: {
      project: 'integration',
      file: 'packages/events/test/http-event-bus.test.ts',
      title:
        'The HTTP event bus makes an event that failed 10 times a dead letter without delaying others, and delivers it when it is replayed',
    },
  },
];
