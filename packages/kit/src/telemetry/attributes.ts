/** Attributes of the stable semantic conventions of OpenTelemetry, and those of the shop. */
const allowed = {
  'http.request.method': /^(?:[A-Z]{3,7}|_OTHER)$/,
  'http.request.resend_count': /^\d{1,2}$/,
  'http.response.status_code': /^\d{3}$/,
  // The pattern of the route, never the path: paths contain IDs and what clients mistype.
  'http.route': /^[/*][\w/:.*{}-]{0,99}$/,
  'url.scheme': /^https?$/,
  'url.template': /^\/[\w/.-]{0,60}$/,
  'server.address': /^[\w.:[\]-]{1,100}$/,
  'server.port': /^\d{1,5}$/,
  'peer.service': /^[a-z][\w-]{0,40}$/,
  'db.system.name': /^postgresql$/,
  // The name in the comment of the statement, never its text or parameters.
  'db.query.summary': /^(?=.{1,63}$)[A-Za-z]\w*(?:\.\w+)?(?:[:+][\w.-]+)*$/,
  'db.response.status_code': /^[0-9A-Z]{5}$/,
  // CloudEvents, over NATS or HTTP.
  'messaging.system': /^cloudevents$/,
  'messaging.operation.name': /^(?:publish|process)$/,
  'messaging.operation.type': /^(?:send|process)$/,
  'messaging.destination.name': /^[a-z_.]{1,60}$/,
  'messaging.consumer.group.name': /^[a-z][\w-]{0,40}$/,
  'messaging.message.id': /^[0-9a-f-]{36}$/,
  'messaging.batch.message_count': /^\d{1,5}$/,
  'graphql.operation.type': /^(?:query|mutation|subscription)$/,
  'graphql.operation.name': /^\w{1,80}$/,
  'error.type': /^[\w.]{1,60}$/,
  'shop.work': /^[a-z][\w-]{0,40}$/,
  'shop.rows': /^\d{1,5}$/,
} as const satisfies Record<string, RegExp>;

export type SpanAttributes = { [Name in keyof typeof allowed]?: string | number };

/**
 * The only way of attributes to the exporter: drops names that are not listed above, and values that
 * do not have the form of their name. So neither an e-mail address nor a token, which a caller could
 * pass by mistake, leaves the process.
 */
export function allowedAttributes(attributes: SpanAttributes): Record<string, string | number> {
  const entries = Object.entries(attributes).filter(
    ([name, value]) =>
      Object.hasOwn(allowed, name) && allowed[name as keyof typeof allowed].test(String(value)),
  );
  return Object.fromEntries(entries);
}

const spanName = /^[\w /:.*{}+-]{1,120}$/;

/** A name of another form is replaced, for the same reason. */
export function allowedName(name: string): string {
  return spanName.test(name) ? name : 'unnamed';
}

/** The code of an error, or its class; never its message, which can contain values. A text is a code. */
export function errorTypeOf(error: unknown): string {
  if (typeof error === 'string') return allowed['error.type'].test(error) ? error : '_OTHER';
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && allowed['error.type'].test(code) ? code : error.name;
}
