import { type Span, startSpan } from '@shop/kit/telemetry';
import type { Executor } from '../subgraphs/error-paths';

/**
 * A span for the planning of each operation whose trace is recorded, from the call of the executor
 * until it has a plan, new or cached. The fetches are beside it, not below.
 */
export class PlanSpans {
  private readonly open = new WeakMap<object, Span>();

  start(execute: Executor): Executor {
    return (request) => {
      const span = startSpan('plan', { kind: 'internal' });
      if (!span) return execute(request);
      const { operation, operationName, request: sent } = request;
      span.set({
        'graphql.operation.type': operation.operation,
        // Names of clients are theirs to choose; those of the REST facade, which uses no HTTP, are ours.
        ...(sent.http === undefined && operationName ? { 'graphql.operation.name': operationName } : {}),
      });
      this.open.set(request, span);
      return execute(request)
        .catch((error: unknown) => {
          if (this.open.has(request)) span.fail(error);
          throw error;
        })
        .finally(() => this.end(request));
    };
  }

  end(request: object): void {
    this.open.get(request)?.end();
    this.open.delete(request);
  }
}
