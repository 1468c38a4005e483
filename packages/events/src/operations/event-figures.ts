import { exposeGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countEvents } from './events-operations';

/** What a service's outbox holds, at /metrics. */
export function exposeEventFigures(dataSource: DataSource): void {
  exposeGauges({
    gauges: {
      shop_events_undelivered: 'Events that somebody has not got yet, once per subscriber.',
      shop_events_undelivered_oldest_seconds: 'Since the oldest of them happened; 0 without one.',
      shop_events_dead_letters: 'Events that a subscriber refused for good.',
    },
    async read() {
      const { undelivered, oldestAgeSeconds, deadLetters } = await countEvents(dataSource);
      return {
        shop_events_undelivered: undelivered,
        shop_events_undelivered_oldest_seconds: oldestAgeSeconds,
        shop_events_dead_letters: deadLetters,
      };
    },
  });
}
