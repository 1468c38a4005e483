interface FailureProperties {
  /** The request may have reached the service and taken effect. */
  mayHaveArrived: boolean;
  /** The service is unavailable: consecutive failures of this kind open the circuit. */
  isOutage: boolean;
  /** The failure is immediate and transient: a retry may succeed. */
  isPassing: boolean;
}

const notSent: FailureProperties = { mayHaveArrived: false, isOutage: false, isPassing: false };
const sent: FailureProperties = { mayHaveArrived: true, isOutage: false, isPassing: false };

const propertiesOf = {
  /** The circuit is open after repeated failures. */
  circuit_open: notSent,
  /** The maximum number of calls is in progress and the queue is full. */
  overloaded: notSent,
  /** The deadline passed while the call was queued. */
  deadline_exceeded: notSent,
  /** No connection could be made. */
  connect_failed: { mayHaveArrived: false, isOutage: true, isPassing: true },
  /** The connection was lost before the complete response. */
  connection_lost: { mayHaveArrived: true, isOutage: true, isPassing: true },
  /** HTTP 5xx from a proxy, or from a service that is starting. */
  server_error: { mayHaveArrived: true, isOutage: true, isPassing: true },
  /** No complete response within a sufficient time. */
  timed_out: { mayHaveArrived: true, isOutage: true, isPassing: false },
  /** No complete response, but earlier calls had used most of the time, so it is no outage. */
  deadline_too_short: sent,
  /** The response is longer than any that a service sends. */
  response_too_large: sent,
  /** The caller cancelled the request. */
  cancelled: sent,
} satisfies Record<string, FailureProperties>;

export type CallFailureKind = keyof typeof propertiesOf;

/** A call to another process failed without a response; `kind` says why. */
export class CallFailure extends Error implements FailureProperties {
  readonly isOutage: boolean;
  readonly isPassing: boolean;
  /** Also true if only an earlier try may have arrived. */
  readonly mayHaveArrived: boolean;

  constructor(
    readonly target: string,
    readonly kind: CallFailureKind,
    options: { cause?: unknown; mayHaveArrived?: boolean } = {},
  ) {
    super(`${target}: ${kind}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'CallFailure';
    const properties: FailureProperties = propertiesOf[kind];
    this.isOutage = properties.isOutage;
    this.isPassing = properties.isPassing;
    this.mayHaveArrived = properties.mayHaveArrived || options.mayHaveArrived === true;
  }
}

// With less time than this a timeout is no outage: earlier calls may have used up the deadline.
const sufficientTimeMs = 500;

/** Errors that occur before anything is sent. */
const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
]);

/** The kind of a failed exchange. `leftMs` is the time that it had. */
export function failureKind(
  cause: unknown,
  { isCancelled, isLate, leftMs }: { isCancelled: boolean | undefined; isLate: boolean; leftMs: number },
): CallFailureKind {
  if (isCancelled) return 'cancelled';
  if (isLate) return leftMs >= sufficientTimeMs ? 'timed_out' : 'deadline_too_short';
  const { code } = cause as { code?: string };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'response_too_large';
  return connectFailures.has(code ?? '') ? 'connect_failed' : 'connection_lost';
}
