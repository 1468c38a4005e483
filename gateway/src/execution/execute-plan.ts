import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { ResponsePath } from '../subgraphs/planned-fetches';
import type { DataSource } from '../subgraphs/subgraph-data-source';
import type { ExecutionRequest, Variables } from './execution-request';
import { errorOfSubgraph } from './fetch-errors';
import { isJsonObject, type JsonObject, mergeInto } from './json-object';
import type { FetchStep, PlanStep } from './plan-steps';
import { objectsAt, type Positions, positionsAt } from './positions';

/** The merged responses of the subgraphs, before the projection to what the client selects. */
interface FetchedData {
  data: JsonObject;
  errors: GraphQLError[];
}

export interface PlanExecutionOptions {
  request: ExecutionRequest;
  variables: Variables;
  dataSources: ReadonlyMap<string, DataSource>;
  /** Changes representations and responses in place, as the plan says. */
  rewrite(rewrites: FetchStep['node']['inputRewrites'], value: JsonObject): void;
}

/** Sends the fetches of a query plan and merges the responses. */
export async function executePlan(
  step: PlanStep | undefined,
  options: PlanExecutionOptions,
): Promise<FetchedData> {
  const execution = new PlanExecution(options);
  if (step) await execution.run(step);
  return execution.fetched;
}

class PlanExecution {
  readonly fetched: FetchedData = { data: {}, errors: [] };

  constructor(private readonly options: PlanExecutionOptions) {}

  async run(step: PlanStep): Promise<void> {
    switch (step.kind) {
      case 'sequence':
        for (const inner of step.steps) await this.run(inner);
        return;
      case 'parallel':
        await Promise.all(step.steps.map((inner) => this.run(inner)));
        return;
      case 'condition': {
        const branch = this.isTrue(step.variable) ? step.then : step.otherwise;
        if (branch) await this.run(branch);
        return;
      }
      case 'fetch':
        return this.fetch(step);
      default:
        return step satisfies never;
    }
  }

  private isTrue(variable: string): boolean {
    const value = this.options.variables.get(variable);
    if (typeof value !== 'boolean')
      throw new Error(`The variable $${variable} is a condition of the plan, and not a Boolean.`);
    return value;
  }

  /** The error of a failed fetch is part of the response; the other fetches are sent. */
  private async fetch(step: FetchStep): Promise<void> {
    try {
      const objects = objectsAt(this.fetched.data, step.path);
      if (objects.length === 0) return;
      await (step.readRepresentation ? this.fetchEntities(step, objects) : this.fetchRoot(step, objects));
    } catch (error) {
      this.fetched.errors.push(error as GraphQLError);
    }
  }

  private async fetchRoot(step: FetchStep, objects: readonly JsonObject[]): Promise<void> {
    const { data, errors = [] } = await this.send(step, this.variablesOf(step));
    for (const error of errors) this.addError(step, error, error.path && [...step.path, ...error.path]);
    if (!data) return;
    this.options.rewrite(step.node.outputRewrites, data);
    for (const object of objects) mergeInto(object, data);
  }

  private async fetchEntities(step: FetchStep, objects: readonly JsonObject[]): Promise<void> {
    const batch = this.representationsOf(step, objects);
    if (batch.representations.length === 0) return;
    const variables = { ...this.variablesOf(step), representations: batch.representations };
    const { data, errors = [] } = await this.send(step, variables);
    if (errors.length > 0) this.addEntityErrors(step, errors, batch);
    if (!data) return;
    this.mergeEntities(step, entitiesOf(data, batch), batch);
  }

  /** Equal representations are sent once. */
  private representationsOf(step: FetchStep, objects: readonly JsonObject[]): EntityBatch {
    const batch: EntityBatch = { representations: [], objects: [] };
    const indexes = new Map<string, number>();
    for (const object of objects) {
      const representation = step.readRepresentation?.(object);
      if (!representation?.['__typename']) continue;
      this.options.rewrite(step.node.inputRewrites, representation);
      const key = JSON.stringify(representation);
      const index = indexes.get(key);
      if (index === undefined) {
        indexes.set(key, batch.representations.length);
        batch.representations.push(representation);
        batch.objects.push([object]);
      } else batch.objects[index]?.push(object);
    }
    return batch;
  }

  private mergeEntities(step: FetchStep, entities: readonly unknown[], { objects }: EntityBatch): void {
    for (const [index, entity] of entities.entries()) {
      if (entity === null) continue;
      // Without an error, clients would take the nulls for values.
      if (!isJsonObject(entity)) throw new Error(`Expected "data._entities[${index}]" to be an object`);
      const targets = objects[index] ?? [];
      entity['__typename'] ||= targets[0]?.['__typename'];
      this.options.rewrite(step.node.outputRewrites, entity);
      for (const target of targets) mergeInto(target, entity);
    }
  }

  /** One error for each position of the entity that it is about. */
  private addEntityErrors(
    step: FetchStep,
    errors: readonly GraphQLFormattedError[],
    { objects }: EntityBatch,
  ): void {
    let positions: Positions | undefined;
    for (const error of errors) {
      const [, index, ...below] = error.path ?? [];
      if (typeof index !== 'number') {
        this.addError(step, error, error.path && [...step.path, ...error.path]);
        continue;
      }
      const known = (positions ??= positionsAt(this.fetched.data, step.path));
      const paths = (objects[index] ?? []).flatMap((object) => known.get(object) ?? []);
      for (const path of paths) this.addError(step, error, [...path, ...below]);
    }
  }

  private addError(step: FetchStep, error: GraphQLFormattedError, path: ResponsePath | undefined): void {
    this.fetched.errors.push(errorOfSubgraph(error, step.subgraph, path));
  }

  private variablesOf({ node: { variableUsages = [] } }: FetchStep): JsonObject {
    const provided: JsonObject = this.options.request.request.variables ?? {};
    const used: JsonObject = {};
    for (const name of variableUsages)
      if (Object.hasOwn(provided, name) && provided[name] !== undefined) used[name] = provided[name];
    return used;
  }

  private async send({ subgraph, node, path }: FetchStep, variables: JsonObject) {
    const { request, dataSources } = this.options;
    const dataSource = dataSources.get(subgraph);
    if (!dataSource) throw new Error(`The plan uses the subgraph "${subgraph}", which has no data source.`);
    return dataSource.process({
      request: { query: node.operation, variables, operationName: node.operationName },
      context: request.context,
      pathInIncomingRequest: path,
    });
  }
}

/** Entities of one fetch. */
interface EntityBatch {
  representations: JsonObject[];
  /** The objects that each representation stands for. */
  objects: JsonObject[][];
}

function entitiesOf({ _entities: entities }: JsonObject, { representations }: EntityBatch): unknown[] {
  if (!Array.isArray(entities)) throw new Error('Expected "data._entities" in response to be an array');
  if (entities.length === representations.length) return entities;
  throw new Error(`Expected "data._entities" to contain ${representations.length} elements`);
}
