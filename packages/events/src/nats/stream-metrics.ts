import { jetstreamManager } from '@nats-io/jetstream';
import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { Broker } from './broker';
import { findStream, streamName } from './event-stream';

const gauges = defineGauges({
  reader: 'event_stream',
  gauges: {
    nats_stream_bytes: 'Bytes of the stream that holds the events.',
    nats_stream_limit_bytes: 'Bytes at which the stream rejects events; -1 if it has no limit.',
  },
  label: 'stream',
  labelValues: streamName,
  condition: 'NATS_URL is set; without a value while the broker is unavailable',
});

/** Registers the size of the stream. Every process that is connected reports the same. */
export function registerStreamMetrics(broker: Broker): void {
  registerGauges({
    ...gauges,
    async read() {
      const found = broker.connection && (await findStream(await jetstreamManager(broker.connection)));
      if (!found) return { nats_stream_bytes: null, nats_stream_limit_bytes: null };
      const { state, config } = found;
      return {
        nats_stream_bytes: { [streamName]: state.bytes },
        nats_stream_limit_bytes: { [streamName]: config.max_bytes },
      };
    },
  });
}
