import { jetstreamManager } from '@nats-io/jetstream';
import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { Broker } from './broker';
import { streamName } from './event-stream';

const gauges = defineGauges({
  gauges: {
    nats_stream_bytes: 'Bytes of the stream that holds the events.',
    nats_stream_limit_bytes: 'Bytes at which the stream rejects events; -1 if it has no limit.',
  },
  label: 'stream',
  labelValues: streamName,
  condition: 'NATS_URL is set, and the stream exists',
});

/** Registers the size of the stream. Every process that is connected reports the same. */
export function registerStreamMetrics(broker: Broker): void {
  registerGauges({
    ...gauges,
    async read() {
      const { connection } = broker;
      if (!connection) throw new Error('the broker is unavailable');
      const manager = await jetstreamManager(connection);
      const { state, config } = await manager.streams.info(streamName);
      return {
        nats_stream_bytes: { [streamName]: state.bytes },
        nats_stream_limit_bytes: { [streamName]: config.max_bytes },
      };
    },
  });
}
