import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError, Kind, parse, print } from 'graphql';
import type { Executor } from '../subgraphs/error-paths';
import { DistinctNames } from './operation-names';

const sdl = readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8');

type ExecutionRequest = Parameters<Executor>[0];
type ExecutionResult = Awaited<ReturnType<Executor>>;

/** Executes `query` with an executor that returns `result`. */
async function execute(query: string, result: ExecutionResult, variables: Record<string, unknown> = {}) {
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const requests: ExecutionRequest[] = [];
  const names = new DistinctNames(parse(sdl, { noLocation: true }));
  const restored = await names.executor((request) => {
    requests.push(request);
    return Promise.resolve(result);
  })({ document, operation, request: { variables } } as ExecutionRequest);
  const [request] = requests;
  if (!request) throw new Error('not executed');
  return { result: restored, request, document };
}

describe('DistinctNames', () => {
  it('renames aliases that are field names, or start with two underscores or the prefix', async () => {
    const query = '{ order(id: "1") { id: status __proto__: id client__id: id mine: id id: id } }';
    const { request } = await execute(query, { data: null });
    expect(print(request.document).replaceAll(/\s+/g, ' ').trim()).toBe(
      '{ order(id: "1") { client__id: status client____proto__: id client__client__id: id mine: id id: id } }',
    );
  });

  it('executes the operation of the renamed document', async () => {
    const query = 'fragment Fields on Order { id: status } query One { order(id: "1") { ...Fields } }';
    const { request } = await execute(query, { data: null });
    expect(request.document.definitions[1]).toBe(request.operation);
  });

  it('does not change a document without such names', async () => {
    const { request, document } = await execute('query ($id: ID!) { one: order(id: $id) { id } }', {
      data: null,
    });
    expect(request.document).toBe(document);
  });

  it('restores aliases in data and in error paths', async () => {
    const { result } = await execute('{ id: orders { nodes: nodes { status: id __proto__: id } } }', {
      data: { client__id: { nodes: [{ client__status: 'a', client____proto__: 'b' }, null] } },
      errors: [new GraphQLError('rejected', { path: ['client__id', 'nodes', 1, 'client__status'] })],
      extensions: { valueCompletion: [{ message: 'null', path: ['client__id', 'nodes', 1] }] },
    });
    expect(JSON.stringify(result.data)).toBe('{"id":{"nodes":[{"status":"a","__proto__":"b"},null]}}');
    expect(result.errors?.map(({ path }) => path)).toEqual([['id', 'nodes', 1, 'status']]);
    expect(result.extensions).toMatchObject({ valueCompletion: [{ path: ['id', 'nodes', 1] }] });
  });

  it('renames the variable of entity fetches, and restores it in errors', async () => {
    const query = 'query ($representations: ID!, $id: ID) { order(id: $representations) { id } }';
    const message = 'Variable "$client__representations" got invalid value 1';
    const { request, result } = await execute(
      query,
      { errors: [new GraphQLError(message)] },
      { representations: 1, id: 2 },
    );
    expect(request.request.variables).toEqual({ client__representations: 1, id: 2 });
    expect(print(request.document)).toContain('order(id: $client__representations)');
    expect(result.errors?.[0]?.message).toBe('Variable "$representations" got invalid value 1');
  });

  it('keeps the other properties of an error', async () => {
    const originalError = new Error('cause');
    const extensions = { code: 'FORBIDDEN', serviceName: 'user' };
    const { result } = await execute('{ id: me { id } }', {
      data: { client__id: null },
      errors: [new GraphQLError('rejected', { extensions, originalError })],
    });
    expect(result.errors?.[0]).toMatchObject({ extensions, originalError });
  });

  it('uses a prefix that no field of the supergraph starts with', () => {
    expect(sdl).not.toContain('client__');
  });
});
