import type { ClientBase } from 'pg';
import { boundedHistogram } from '../metrics';

const duration = boundedHistogram({
  name: 'db_client_operation_duration_seconds',
  help: 'Time of a statement on its connection, without the wait for a connection.',
  labels: {
    statement: 'names of statements, START TRANSACTION, COMMIT, ROLLBACK, other',
    outcome: ['ok', 'error'],
  },
  condition: 'the process has a database',
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5],
  maximumCombinations: 200,
  surplus: ({ outcome }) => ({ statement: 'other', outcome }),
});

type Query = (sent: string | { text: string }, ...rest: unknown[]) => unknown;

/** Records each statement of a connection, also those that TypeORM sends, by its leading comment. */
export function measureStatements(client: ClientBase): void {
  const prototype = Object.getPrototypeOf(client) as { query: Query };
  (client as unknown as { query: Query }).query = (sent, ...rest) => {
    const startedAt = performance.now();
    // Looked up for each statement, so that a test can count them by a spy on the prototype.
    const result = prototype.query.call(client, sent, ...rest);
    if (result instanceof Promise) {
      const observe = (outcome: 'ok' | 'error') =>
        duration.observe({ statement: nameOf(sent), outcome }, (performance.now() - startedAt) / 1_000);
      result.then(
        () => observe('ok'),
        () => observe('error'),
      );
    }
    return result;
  };
}

/** TypeORM sends them without a name. */
const transactionControl: ReadonlySet<string> = new Set(['START TRANSACTION', 'COMMIT', 'ROLLBACK']);

const [opening, closing] = ['/* ', ' */'];

/** The name in the comment in front of the text; `other` without one. */
export function nameOf(sent: string | { text: string }): string {
  const text = typeof sent === 'string' ? sent : sent.text;
  if (text.startsWith(opening)) return text.slice(opening.length, text.indexOf(closing));
  return transactionControl.has(text) ? text : 'other';
}
