import type { Logger } from '@shop/kit/logger';
import { getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context';
import { type CostLimit, countCost } from '../limits/cost-limit';
import { limitedErrors } from '../limits/error-limit';
import type { OperationGuard } from '../persisted/guard-operations';
import type { PersistedOperations } from '../persisted/persisted-operations';
import type { Executor } from '../subgraphs/error-paths';
import type { AcceptedDocument, AcceptedDocuments, DocumentReference } from './accepted-documents';
import { replaceViolations, type ShownResult } from './apollo-plugins';
import { variableErrors } from './check-variables';
import { type FormatError, formatErrors } from './format-errors';
import { Measurement } from './measure-operations';

export interface AcceptedOperationsOptions {
  documents: AcceptedDocuments;
  execute: Executor;
  persisted: Pick<PersistedOperations, 'labelOf'>;
  guard: OperationGuard;
  costLimit: CostLimit;
  hideSuggestions: boolean;
  formatError: FormatError;
  logger: Logger;
}

export interface RequestedOperation {
  document: DocumentReference;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  /** False for operations of the REST facade. */
  isOfClient: boolean;
}

export interface OperationResponse {
  status: number;
  headers: ReadonlyMap<string, string>;
  result: ShownResult;
}

/** A request that has passed the checks of Apollo Server's plugins. */
interface CheckedRequest extends AcceptedDocument {
  operation: OperationDefinitionNode;
  /** As the client sent it. */
  requestedName: string | undefined;
  variables: Record<string, unknown> | undefined;
  isOfClient: boolean;
}

interface Executed {
  result: Omit<ShownResult, 'errors'> & { errors?: readonly unknown[] | undefined };
  /** The status of Apollo Server if no error sets another one. */
  status: number;
}

/**
 * Executes operations whose document Apollo Server has accepted before, without its pipeline, which
 * takes more time than a small operation. Calls the same functions as its plugins.
 */
export class AcceptedOperations {
  constructor(private readonly options: AcceptedOperationsOptions) {}

  /**
   * @returns undefined if Apollo Server must handle the request: it has not accepted the document
   * before, or a plugin would reject the request. Nothing has been executed, counted or logged.
   */
  async run(
    requested: RequestedOperation,
    contextValue: GatewayContext,
  ): Promise<OperationResponse | undefined> {
    const context = { ...contextValue };
    const measurement = new Measurement(context);
    const accepted = await this.options.documents.find(requested.document);
    const request = accepted && this.check(accepted, requested);
    if (!request) return undefined;
    const response = await this.execute(request, context);
    const { document, operation } = request;
    const label = this.options.persisted.labelOf(document, nameOf(operation));
    measurement.end(label, response.result.errors);
    return response;
  }

  /** @returns undefined if a plugin would reject the request */
  private check(
    accepted: AcceptedDocument,
    { operationName, variables, isOfClient }: RequestedOperation,
  ): CheckedRequest | undefined {
    const { guard, costLimit } = this.options;
    const { document } = accepted;
    // GraphQL over HTTP: an empty string is the same as no operationName.
    const requestedName = operationName === '' ? undefined : operationName;
    const operation = getOperationAST(document, requestedName);
    if (!operation) return undefined;
    const name = nameOf(operation);
    const request = { ...accepted, operation, requestedName, variables, isOfClient };
    const checked = { ...request, variables: variables ?? {} };
    if (isOfClient && !guard.isAllowed(document, name)) return undefined;
    if (variableErrors(checked, this.options).length > 0) return undefined;
    const price = costLimit.priceOf(checked, isOfClient);
    if (price.isTooExpensive) return undefined;
    if (isOfClient) guard.noteUnlisted(document, name);
    countCost(price);
    return request;
  }

  private async execute(request: CheckedRequest, context: GatewayContext): Promise<OperationResponse> {
    const { formatError, logger } = this.options;
    const executed = await this.executed(request, context);
    const { data, extensions } = executed.result;
    const formatted = executed.result.errors && formatErrors(executed.result.errors, formatError);
    const result: ShownResult = { data, errors: formatted?.errors, extensions };
    replaceViolations(result, logger);
    if (result.errors) result.errors = limitedErrors(result.errors, Boolean(data));
    const headers = new Map([['cache-control', 'no-store'], ...(formatted?.headers ?? [])]);
    if (context.answer.replayed) headers.set('idempotent-replayed', 'true');
    return { status: formatted?.status ?? executed.status, headers, result };
  }

  private async executed(
    { schema, document, queryHash, operation, requestedName, variables, isOfClient }: CheckedRequest,
    context: GatewayContext,
  ): Promise<Executed> {
    try {
      const result = await this.options.execute({
        ...{ schema, document, queryHash, operation },
        operationName: nameOf(operation),
        request: { operationName: requestedName, variables, http: isOfClient ? {} : undefined },
        context,
      });
      return { result, status: result.errors?.length && result.data === undefined ? 400 : 200 };
    } catch (error) {
      return { result: { errors: [error] }, status: 500 };
    }
  }
}

function nameOf({ name }: OperationDefinitionNode): string | null {
  return name?.value ?? null;
}
