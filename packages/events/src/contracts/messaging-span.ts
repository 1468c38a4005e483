import type { ShopEvent } from './shop-events';

/**
 * Name, attributes and links of the span of one or several events, by the semantic conventions for
 * messaging. The links are the traces in which the events were created.
 */
export function messagingSpan(operation: 'publish' | 'process', events: readonly ShopEvent[]) {
  const types = new Set(events.map(({ type }) => type));
  const [first] = events;
  const destination = types.size === 1 && first ? first.type : 'events';
  const attributes = {
    'messaging.system': 'cloudevents',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation === 'publish' ? 'send' : 'process',
    'messaging.destination.name': destination,
    ...(events.length === 1 && first
      ? { 'messaging.message.id': first.id }
      : { 'messaging.batch.message_count': events.length }),
  };
  const links = events.map(({ traceparent }) => traceparent);
  return { name: `${operation} ${destination}`, options: { attributes, links } };
}
