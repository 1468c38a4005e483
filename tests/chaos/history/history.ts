export type OperationKind = 'create' | 'pay' | 'cancel' | 'admin_cancel';

/**
 * The outcome of an operation as its client knows it. `acknowledged`: a response confirmed it.
 * `refused`: a response rejected it for good. `unknown`: there was no response, or none that decides it.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

/** The response to one try. `status` null: no response. */
export interface Response {
  atMs: number;
  status: number | null;
  code: string | null;
}

/**
 * One thing that a client wants done once, however often it has to ask: all tries carry the same
 * key.
 */
export interface Operation {
  kind: OperationKind;
  client: number;
  checkout: number;
  userId: string;
  key: string;
  /** Known from the start, or from the answer that acknowledged the order. */
  orderId: string | null;
  /** Null where the simulator decides, and for what is no payment. */
  paymentMethod: string | null;
  outcome: Outcome;
  responses: Response[];
  /** Answers to repeats after the outcome was known that said something else. */
  contradictions: string[];
}

/** All requests of the clients with their responses, in the order of the requests. */
export class History {
  readonly operations: Operation[] = [];

  begin(operation: Omit<Operation, 'outcome' | 'responses' | 'contradictions'>): Operation {
    const begun: Operation = { ...operation, outcome: 'unknown', responses: [], contradictions: [] };
    this.operations.push(begun);
    return begun;
  }

  /** How many answers of each kind there were, for example `503 upstream_unavailable`. */
  responseCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of this.operations.flatMap(({ responses }) => responses)) {
      const name = status === null ? 'no answer' : [status, code].filter((part) => part !== null).join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  outcomeCounts(): Record<Outcome, number> {
    const counts = { acknowledged: 0, refused: 0, unknown: 0 };
    for (const { outcome } of this.operations) counts[outcome] += 1;
    return counts;
  }
}
