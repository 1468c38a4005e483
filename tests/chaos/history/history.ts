export type OperationKind = 'create' | 'pay' | 'cancel' | 'admin_cancel';

/**
 * The outcome of an operation as its client knows it. `acknowledged`: a response confirmed it.
 * `rejected`: a response rejected it finally. `unknown`: there was no response, or none that decides it.
 */
export type Outcome = 'acknowledged' | 'rejected' | 'unknown';

/** The response to one attempt. `status` null: no response. */
export interface Response {
  atMs: number;
  status: number | null;
  code: string | null;
}

/** A mutation of a client. All attempts are sent with the same idempotency key. */
export interface Operation {
  kind: OperationKind;
  client: number;
  checkout: number;
  userId: string;
  key: string;
  /** For `create`, known from the response that acknowledged the order. */
  orderId: string | null;
  /** Null if the simulator determines the outcome, and for operations that are not payments. */
  paymentMethod: string | null;
  outcome: Outcome;
  responses: Response[];
  /** Responses to later repeats whose result differs from the known outcome. */
  contradictions: string[];
}

/** All operations of the clients with their responses, in the order of their first requests. */
export class History {
  readonly operations: Operation[] = [];

  begin(operation: Omit<Operation, 'outcome' | 'responses' | 'contradictions'>): Operation {
    const begun: Operation = { ...operation, outcome: 'unknown', responses: [], contradictions: [] };
    this.operations.push(begun);
    return begun;
  }

  /** Number of responses by status and code, for example `503 upstream_unavailable`. */
  responseCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of this.operations.flatMap(({ responses }) => responses)) {
      const name = status === null ? 'no response' : [status, code].filter((part) => part !== null).join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  outcomeCounts(): Record<Outcome, number> {
    const counts = { acknowledged: 0, rejected: 0, unknown: 0 };
    for (const { outcome } of this.operations) counts[outcome] += 1;
    return counts;
  }
}
