import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countEvents } from './event-queue.repository';

/** Registers the metrics of a service's outbox. */
export function registerEventMetrics(dataSource: DataSource): void {
  registerGauges({
    gauges: {
      shop_events_undelivered: 'Events that were not delivered yet, once per subscriber.',
      shop_events_undelivered_oldest_seconds: 'Since the oldest of them happened; 0 without one.',
      shop_events_dead_letters: 'Events that a subscriber has rejected ten times.',
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
