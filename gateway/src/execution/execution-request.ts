import type { Executor } from '../subgraphs/error-paths';

/** A request of Apollo Server to a gateway: a parsed, valid operation with valid variables. */
export type ExecutionRequest = Parameters<Executor>[0];
/** An operation without its variables. */
export type PlannableOperation = Pick<ExecutionRequest, 'document' | 'operation' | 'queryHash'>;
export type ExecutionResult = Awaited<ReturnType<Executor>>;

/** The variables that the client sent, with the default values of Boolean variables. */
export type Variables = ReadonlyMap<string, unknown>;
