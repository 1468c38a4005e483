interface FailureProperties {
  /** The other side may have got the call, and acted. */
  mayHaveArrived: boolean;
  /** The other side does not work: enough of these in a row open its circuit. */
  isOutage: boolean;
  /** It was noticed at once and may be over at the next try. */
  isPassing: boolean;
}

const notSent: FailureProperties = { mayHaveArrived: false, isOutage: false, isPassing: false };
const sent: FailureProperties = { mayHaveArrived: true, isOutage: false, isPassing: false };

const propertiesOf = {
  /** The circuit is open: the other side failed again and again, a moment ago. */
  circuit_open: notSent,
  /** As many calls as may be are under way, and as many as may be wait. */
  overloaded: notSent,
  /** The time was up before it was this call's turn. */
  deadline_exceeded: notSent,
  /** No connection could be made. */
  connect_failed: { mayHaveArrived: false, isOutage: true, isPassing: true },
  /** The connection broke before the whole answer was there. */
  connection_lost: { mayHaveArrived: true, isOutage: true, isPassing: true },
  /** HTTP 5xx from something that does not speak for the service. */
  server_error: { mayHaveArrived: true, isOutage: true, isPassing: true },
  /** No whole answer in a time in which there should be one. */
  timed_out: { mayHaveArrived: true, isOutage: true, isPassing: false },
  /** No whole answer in the little that earlier calls had left of the time: that says nothing about the other side. */
  deadline_too_short: sent,
  /** Whoever asked has gone. */
  cancelled: sent,
} satisfies Record<string, FailureProperties>;

export type CallFailureKind = keyof typeof propertiesOf;

/** A call to another process gave no answer. `kind` says which limit, or which break, ended it. */
export class CallFailure extends Error implements FailureProperties {
  readonly isOutage: boolean;
  readonly isPassing: boolean;
  /** True also when only an earlier try may have arrived. */
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
